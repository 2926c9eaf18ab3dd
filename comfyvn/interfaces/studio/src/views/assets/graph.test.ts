import { expect, test } from "vitest";
import { placed } from "./graph";

const thing = (id: string, distance: number) => ({
  id,
  kind: "asset",
  distance,
  there: true,
  title: id,
  hash: "",
  licence: "",
});
const edge = (source: string, target: string) => ({
  source,
  target,
  role: "parent",
  record: "",
  activity: "",
  method: "",
  tool: "",
  model: "",
});

test("what came before stands before, and near what it went into", () => {
  const { things, arrows } = placed({
    nodes: [
      thing("me", 0),
      thing("b", 1),
      thing("a", 1),
      thing("mother", -1),
      thing("of a", 2),
      thing("of b", 2),
    ],
    edges: [edge("mother", "me"), edge("me", "a"), edge("me", "b"), edge("a", "of a"), edge("b", "of b")],
  });
  const at = Object.fromEntries(things.map(({ id, column, row }) => [id, [column, row]]));
  expect(at).toEqual({
    mother: [0, 0],
    me: [1, 0],
    b: [2, 0],
    a: [2, 1],
    "of b": [3, 0],
    "of a": [3, 1],
  });
  expect(arrows).toHaveLength(5);
});

test("an edge to what is not shown is left out", () => {
  expect(placed({ nodes: [thing("me", 0)], edges: [edge("me", "far")] }).arrows).toEqual([]);
});
