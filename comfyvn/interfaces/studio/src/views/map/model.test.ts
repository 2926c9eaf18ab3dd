// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import type { Analysis } from "./analysis";
import { exitScene, findIn, orderAfter, outlineOf, projectGraph, rowsOf, sceneGraph, wordsOf } from "./model";
import type { ProjectMap, SceneMap } from "./queries";

function scene(id: string, group: string, x: number): ProjectMap["scenes"][number] {
  const facts = { label: id, role: "story", begins: id === "a" ? "start" : null, errors: 0, warnings: 2 };
  return {
    id,
    title: id.toUpperCase(),
    group,
    x,
    y: 0,
    lines: 3,
    choices: 1,
    words: 40,
    chosen: false,
    ...facts,
  };
}
const project: ProjectMap = {
  position: 1,
  scenes: [scene("a", "one", 0), scene("b", "one", 260), scene("c", "two", 520)],
  edges: [
    { source: "a", target: "b", kind: "falls", count: 1 },
    { source: "a", target: "c", kind: "jump", count: 2 },
  ],
  loose: [],
};
const analysis: Analysis = {
  exact: true,
  heat: new Map([
    ["a", { scene: "a", visits: 1, reached: 2, nodes: 2, heat: { n1: 1, n2: 0.5 } }],
    ["b", { scene: "b", visits: 2, reached: 1, nodes: 1, heat: {} }],
    ["c", { scene: "c", visits: 0, reached: 0, nodes: 4, heat: {} }],
  ]),
  endings: [{ scene: "b", node: "n9", share: { value: 0.44 } }],
  lost: [{ scene: "a", node: "n3", verdict: "unreachable" }],
};
const step = { order: 0, conditions: [], verb: null, speaker: null, chosen: false, block: "" };
const way = { edge: null, text: null, condition: null, weight: null, scene: null };
const inside: SceneMap = {
  position: 1,
  scene: "a",
  title: "A",
  nodes: [
    { ...step, id: "n1", type: "text", text: "Hello", speaker: "ines", x: 0, y: 0 },
    { ...step, id: "n2", type: "choice", text: "", x: 260, y: 0, order: 1 },
    {
      ...step,
      id: "n3",
      type: "action",
      verb: "show",
      text: "ines",
      x: 520,
      y: 0,
      order: 2,
      conditions: ["x"],
    },
  ],
  edges: [
    { ...way, source: "n1", target: "n2", kind: "next" },
    { ...way, source: "n2", target: "n3", kind: "option", edge: "e1", text: "Go" },
    { ...way, source: "n2", target: null, scene: "b", kind: "option", edge: "e2", text: "Leave" },
    { ...way, source: "n3", target: null, scene: "gone", kind: "falls" },
    { ...way, source: "n3", target: null, kind: "falls" },
  ],
};
const names = { speakers: new Map([["ines", "Ines"]]), scenes: new Map([["b", "Bridge"]]) };

describe("the map of a project", () => {
  it("tells groups, ways and findings", () => {
    const { nodes, edges } = projectGraph(project, null);
    expect(nodes.map(({ tone }) => tone)).toEqual([0, 0, 1]);
    expect(nodes[0]).toMatchObject({ begins: true, warnings: 2, heat: null, lost: "", ending: "" });
    expect(edges.map(({ look, label }) => [look, label])).toEqual([
      ["on", ""],
      ["jump", "jumps ×2"],
    ]);
  });

  it("is painted with what plays do", () => {
    const { nodes } = projectGraph(project, analysis);
    expect(nodes.map(({ heat }) => heat)).toEqual([0.5, 1, 0]);
    expect(nodes[1]?.ending).toContain("44");
    expect(nodes[2]?.lost).not.toBe("");
  });

  it("is a tree of groups, scenes and ways", () => {
    const tree = outlineOf(
      projectGraph(project, null),
      project.scenes.map(({ id, group }) => [id, group]),
    );
    expect(tree.map(({ title, children }) => [title, children.length])).toEqual([
      ["one", 2],
      ["two", 1],
    ]);
    expect(tree[0]?.children[0]?.children.map(({ node }) => node)).toEqual(["b", "c"]);
    expect(rowsOf(tree, new Set())).toHaveLength(2);
    expect(rowsOf(tree, new Set(["group one"])).map(({ key }) => key)).toEqual([
      "group one",
      "a",
      "b",
      "group two",
    ]);
  });
});

describe("the map of a scene", () => {
  it("tells who speaks, what is offered, and under which condition", () => {
    const { nodes } = sceneGraph(inside, analysis, names);
    expect(nodes.slice(0, 3).map(({ look, title }) => [look, title])).toEqual([
      ["text", "Ines"],
      ["choice", "Choice"],
      ["action", "show"],
    ]);
    expect(nodes[2]?.words).toBe("if x · ines");
    expect(nodes[2]?.lost).not.toBe("");
    expect(nodes.slice(0, 3).map(({ heat }) => heat)).toEqual([1, 0.5, 0]);
  });

  it("shows other scenes beside what leads there, where nothing stands", () => {
    const { nodes, edges } = sceneGraph(inside, null, names);
    const exits = nodes.slice(3);
    expect(exits.map(({ title, x, y, errors }) => [title, x, y, errors])).toEqual([
      ["Bridge", 520, 110, 0],
      ["gone", 780, 0, 1],
    ]);
    expect(exits.map(({ id }) => exitScene(id))).toEqual(["b", "gone"]);
    expect(exitScene("n1")).toBeUndefined();
    expect(edges).toHaveLength(4);
  });
});

it("things are found by all words that are asked for, titles first", () => {
  const { nodes } = sceneGraph(inside, null, names);
  expect(findIn(nodes, "INES").map(({ id }) => id)).toEqual(["n1", "n3"]);
  expect(findIn(nodes, "hel ines").map(({ id }) => id)).toEqual(["n1"]);
  expect(findIn(nodes, "hlo")).toEqual([]);
});

it("tells with which words one scene leads to another", () => {
  const next = [
    { id: "e1", text: "Stay" },
    { id: "e2", text: "Go", scene: "b" },
  ];
  const jump = {
    id: "n2",
    type: "action",
    verb: "jump",
    block: "e1",
    next: [{ id: "e3", scene: "c" }],
  } as const;
  const scene = {
    id: "a",
    nodes: [
      { id: "n1", type: "choice" as const, next },
      { ...jump, next: [...jump.next] },
    ],
  };
  expect(["b", "c", "d"].map((target) => wordsOf(scene, target))).toEqual(["Go", "Stay", ""]);
});

it("new scenes come behind all others of their group", () => {
  const scenes = [{ group: "a", order: "k" }, { group: "a", order: "V" }, { order: "z" }];
  expect(orderAfter(scenes, "a")).toBe("kV");
  expect(orderAfter(scenes, "b")).toBe("V");
});
