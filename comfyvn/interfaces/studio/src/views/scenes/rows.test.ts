import { describe, expect, it } from "vitest";
import type { NodeDocument, SceneDocument } from "@/api/client";
import { fold } from "./folding";
import { countWords, rowsOf, spotBelow, spotMoved, wordsIn } from "./rows";

const line = (id: string, block = ""): NodeDocument => ({ id, type: "text", content: id, block, next: [] });

/** a, a choice with the ways x (holding b) and y (empty), then c. */
const SCENE: SceneDocument = {
  id: "s",
  nodes: [
    line("a"),
    {
      id: "choice",
      type: "choice",
      content: "",
      block: "",
      next: [
        { id: "x", text: "X" },
        { id: "y", text: "Y" },
      ],
    },
    line("b", "x"),
    line("c"),
  ],
};

const shape = (scene: SceneDocument): string[] => rowsOf(scene).map(({ key, depth }) => `${depth} ${key}`);

function move(scene: SceneDocument, id: string, step: 1 | -1): SceneDocument | null {
  const node = scene.nodes?.find((other) => other.id === id);
  const spot = node && spotMoved(rowsOf(scene), node, step);
  return spot ? fold(scene, "move-node", { node_id: id, ...spot }) : null;
}

it("rows stand below the ways that own them", () => {
  expect(shape(SCENE)).toEqual(["0 a", "0 choice", "1 x", "2 b", "1 y", "0 c"]);
});

describe("a line that is moved", () => {
  it("goes down through every way and out again", () => {
    const seen: string[][] = [];
    for (let scene: SceneDocument | null = SCENE; scene; scene = move(scene, "a", 1)) seen.push(shape(scene));
    expect(seen).toEqual([
      ["0 a", "0 choice", "1 x", "2 b", "1 y", "0 c"],
      ["0 choice", "1 x", "2 a", "2 b", "1 y", "0 c"],
      ["0 choice", "1 x", "2 b", "2 a", "1 y", "0 c"],
      ["0 choice", "1 x", "2 b", "1 y", "2 a", "0 c"],
      ["0 choice", "1 x", "2 b", "1 y", "0 a", "0 c"],
      ["0 choice", "1 x", "2 b", "1 y", "0 c", "0 a"],
    ]);
  });

  it("goes up the same way", () => {
    const seen: string[][] = [];
    for (let scene: SceneDocument | null = SCENE; scene; scene = move(scene, "c", -1))
      seen.push(shape(scene));
    expect(seen).toEqual([
      ["0 a", "0 choice", "1 x", "2 b", "1 y", "0 c"],
      ["0 a", "0 choice", "1 x", "2 b", "1 y", "2 c"],
      ["0 a", "0 choice", "1 x", "2 b", "2 c", "1 y"],
      ["0 a", "0 choice", "1 x", "2 c", "2 b", "1 y"],
      ["0 a", "0 c", "0 choice", "1 x", "2 b", "1 y"],
      ["0 c", "0 a", "0 choice", "1 x", "2 b", "1 y"],
    ]);
  });

  it("takes its own ways along", () => {
    expect(shape(move(SCENE, "choice", -1) ?? SCENE)).toEqual([
      "0 choice",
      "1 x",
      "2 b",
      "1 y",
      "0 a",
      "0 c",
    ]);
  });
});

describe("what is done is seen at once", () => {
  const [, choice] = rowsOf(SCENE);
  const folded = (verb: string, body: Record<string, unknown>) => shape(fold(SCENE, verb, body));

  it.each([
    [
      "write-line",
      { node_id: "n", text: "", after: "a" },
      ["0 a", "0 n", "0 choice", "1 x", "2 b", "1 y", "0 c"],
    ],
    [
      "write-line",
      { node_id: "n", text: "", block: "y" },
      ["0 a", "0 choice", "1 x", "2 b", "1 y", "2 n", "0 c"],
    ],
    ["remove-node", { node_id: "choice" }, ["0 a", "0 c"]],
    ["erase-edge", { node_id: "choice", edge_id: "x" }, ["0 a", "0 choice", "1 y", "0 c"]],
    [
      "draw-edge",
      { node_id: "choice", edge: { id: "z", text: "Z" } },
      ["0 a", "0 choice", "1 x", "2 b", "1 y", "1 z", "0 c"],
    ],
    ["lead-scene-on", {}, shape(SCENE)],
  ])("%s %j", (verb, body, rows) => {
    expect(folded(verb, body)).toEqual(rows);
  });

  it("and not twice when the server was quicker", () => {
    expect(folded("write-line", { node_id: "a", text: "" })).toEqual(shape(SCENE));
  });

  it("below a line, or in a way", () => {
    expect(choice && spotBelow(choice)).toEqual({ block: "", after: "choice" });
  });
});

it("words are counted as people count them", () => {
  expect(countWords(["It isn't {b}over{/b}.", "", "Nine, ten!"])).toBe(5);
  expect(countWords(["雨が降る。"], "ja")).toBeGreaterThan(1);
  expect(wordsIn(SCENE)).toEqual(["a", "", "X", "Y", "b", "c"]);
});
