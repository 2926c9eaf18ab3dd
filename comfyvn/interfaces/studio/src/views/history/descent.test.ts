import { expect, it } from "vitest";
import { descent } from "./descent";

const variant = (id: string, parent: string | null, fork_position: number | null, closed = false) => ({
  id,
  name: id,
  parent,
  fork_position,
  closed,
});

it("variants stand behind what they grew from, closed ones at the end", () => {
  const found = descent([
    variant("old", "main", 1, true),
    variant("late", "main", 9),
    variant("main", null, null),
    variant("leaf", "early", 7),
    variant("early", "main", 5),
    variant("orphan", "old", 3),
  ]);
  expect(found.map(({ variant: { id }, depth, from }) => [id, depth, from])).toEqual([
    ["main", 0, undefined],
    ["early", 1, "main"],
    ["leaf", 2, "early"],
    ["late", 1, "main"],
    ["old", 0, "main"],
    ["orphan", 0, "old"],
  ]);
});
