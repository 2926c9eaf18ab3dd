import { expect, it } from "vitest";
import { heightOf, indexAt, startOf } from "./river";

const placed = [9, 7, 4, 2].map((position) => ({ position }));

it.each([
  [12, 0],
  [9, 0],
  [8, 1],
  [4, 2],
  [1, 3],
])("position %i lies after change number %i", (at, index) => {
  expect(indexAt(placed, at)).toBe(index);
});

it("nothing moves until the handle comes near an end", () => {
  expect(startOf(100, 40, 20, 0)).toBe(0);
  expect(startOf(100, 40, 35, 0)).toBe(4);
  expect(startOf(100, 40, 30, 4)).toBe(4);
  expect(startOf(100, 40, 5, 4)).toBe(0);
  expect(startOf(100, 40, 99, 4)).toBe(60);
  expect(startOf(10, 40, 9, 0)).toBe(0);
});

it("large changes stand out, and none leaves the river", () => {
  expect(heightOf(1)).toBeLessThan(heightOf(10));
  expect(heightOf(1e9)).toBe(100);
});
