// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { bytes, duration, rate } from "./measures";

test("bytes are told in the unit that fits", () => {
  expect([0, 999, 1000, 2_500_000, 7e9, 3e15].map(bytes)).toEqual([
    "0 byte",
    "999 byte",
    "1 kB",
    "2.5 MB",
    "7 GB",
    "3,000 TB",
  ]);
});

test("times and rates are short", () => {
  expect([0.2, 119, 120, 7199, 7200].map(duration)).toEqual(["1 sec", "119 sec", "2 min", "120 min", "2 hr"]);
  expect([0.25, 9.96, 1234.5].map(rate)).toEqual(["0.3/s", "10/s", "1,235/s"]);
});
