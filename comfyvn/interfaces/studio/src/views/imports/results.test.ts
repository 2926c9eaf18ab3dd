import { expect, test } from "vitest";
import { type Contents, counts, percent } from "./results";

const CONTENTS: Contents = {
  engine: "twine",
  title: "Attic",
  depth: "graph",
  coverage: { recognised: 9, total: 10, share: 0.9, raw: { macro: 1 } },
  scenes: [
    { id: "a", title: "Attic" },
    { id: "b", title: "" },
  ],
  more: 3,
  lines: 0,
  choices: 0,
  characters: ["Ann"],
  licences: [],
  flags: [],
};

test("scenes that are not named are counted, and what there is none of is left out", () => {
  expect(counts(CONTENTS)).toEqual([
    ["scenes", 5],
    ["lines", 0],
    ["characters", 1],
  ]);
});

test("coverage is whole only where nothing is missing", () => {
  expect(percent({ recognised: 9999, total: 10_000, share: 0.9999, raw: {} })).toBe(99);
  expect(percent({ recognised: 10, total: 10, share: 1, raw: {} })).toBe(100);
});
