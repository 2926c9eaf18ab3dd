import { expect, it } from "vitest";
import { between, placeMoved } from "./ordering";

it.each([
  [null, null, "V"],
  ["V", null, "W"],
  [null, "V", "U"],
  ["A", "C", "B"],
  ["A", "B", "AV"],
  ["AV", "B", "Ak"],
  ["z", null, "z1"],
  ["B", "A", null],
  ["A", "A", null],
  ["A0", "B", null],
])("between %s and %s stands %s, as the server says it", (low, high, key) => {
  expect(between(low, high)).toBe(key);
});

it("a scene moves past its neighbour, into the group of that", () => {
  const scenes = [
    { id: "a", group: "one", order: "A" },
    { id: "b", group: "one", order: "B" },
    { id: "c", group: "two", order: "A" },
  ];
  expect(placeMoved(scenes, "a", 1)).toEqual({ group: "one", order: "C" });
  expect(placeMoved(scenes, "b", 1)).toEqual({ group: "two", order: "B" });
  expect(placeMoved(scenes, "b", -1)).toEqual({ group: "one", order: "9" });
  expect([placeMoved(scenes, "a", -1), placeMoved(scenes, "c", 1), placeMoved(scenes, "x", 1)]).toEqual([
    null,
    null,
    null,
  ]);
});
