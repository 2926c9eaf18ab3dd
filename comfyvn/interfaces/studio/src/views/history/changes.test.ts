// @vitest-environment happy-dom
import { expect, it } from "vitest";
import { type Change, joined } from "./changes";

const changes = (...positions: number[]) => positions.map((position) => ({ position }) as Change);

it("what came meanwhile stands before what was read", () => {
  expect(joined(changes(5, 3), changes(8, 5, 3), false)).toEqual(changes(8, 5, 3));
  expect(joined(changes(5, 3), changes(5, 3), false)).toEqual(changes(5, 3));
  expect(joined(changes(5, 3), changes(9, 8), true)).toEqual(changes(9, 8, 5, 3));
  expect(joined([], changes(2), true)).toEqual(changes(2));
});

it("where so much came that some of it is not known, all is read anew", () => {
  expect(joined(changes(5, 3), changes(9, 8), false)).toBeNull();
  expect(joined([], changes(9, 8), false)).toBeNull();
});
