import { expect, it } from "vitest";
import { laneBeside, lanesOf, moved, placeAt, readTimeline, seedOf, stepsOf, visited } from "./steps";

const titles = new Map([
  ["a", "Arrival"],
  ["b", "Bridge"],
]);
const lanes = [
  { id: "r1", name: "Harbour" },
  { id: "r2", name: "Hills" },
];

it("steps know their scene, lane and note", () => {
  const meta = { groups: lanes, "group a": "r1", "group b": "gone", "note b": "rain" };
  expect(stepsOf({ id: "t", scene_order: ["b", "a", "c"], meta }, titles)).toEqual([
    { scene: "b", title: "Bridge", lane: "", note: "rain", missing: false },
    { scene: "a", title: "Arrival", lane: "r1", note: "", missing: false },
    { scene: "c", title: "c", lane: "", note: "", missing: true },
  ]);
});

it("what others wrote into the meta of a timeline does no harm", () => {
  const meta = {
    groups: [null, 3, { id: "", name: "x" }, { id: "ok", name: "Fine" }],
    seed: "7",
    "note a": 5,
  };
  expect(lanesOf({ meta })).toEqual([{ id: "ok", name: "Fine" }]);
  expect(lanesOf({ meta: { groups: "no" } })).toEqual([]);
  expect(seedOf({ meta })).toBe(0);
  expect(seedOf({ meta: { seed: 41 } })).toBe(41);
  expect(stepsOf({ id: "t", scene_order: ["a"], meta }, titles)[0]?.note).toBe("");
});

it("a scene moves among the others", () => {
  const order = ["a", "b", "c", "d"];
  expect(moved(order, "a", 2)).toEqual({ order: ["b", "c", "a", "d"], after: "c" });
  expect(moved(order, "d", 0)).toEqual({ order: ["d", "a", "b", "c"], after: null });
  expect(moved(order, "b", 1)).toEqual({ order, after: "a" });
  expect(moved(order, "b", 99)).toEqual({ order: ["a", "c", "d", "b"], after: "d" });
  expect(moved(order, "a", -1).after).toBeNull();
});

it("what falls between two rows comes between them", () => {
  expect([5, 10, 15, 25, 99].map((y) => placeAt([10, 20, 30], y))).toEqual([0, 1, 1, 2, 3]);
  expect(placeAt([], 12)).toBe(0);
});

it("lanes are columns", () => {
  expect(laneBeside(lanes, "", 1)).toBe("r1");
  expect(laneBeside(lanes, "r2", 1)).toBe("r2");
  expect(laneBeside(lanes, "r1", -1)).toBe("");
  expect(laneBeside([], "", 1)).toBe("");
});

it("a play is told as scenes in the order in which it first came there", () => {
  expect(visited([{ scene: "a" }, {}, { scene: "b" }, { scene: "a" }])).toEqual(["a", "b"]);
});

it("a file that is no timeline is told so", () => {
  expect(readTimeline('{"id": "x", "name": "N", "scene_order": ["a"], "more": 1}')).toEqual({
    name: "N",
    scene_order: ["a"],
  });
  for (const text of ["", "[]", "null", '{"scene_order": [1]}']) expect(() => readTimeline(text)).toThrow();
});
