import { describe, expect, it } from "vitest";
import { crosses, graphOf, HIGH, type MapNode, nearest, nodeAt, passes, WIDE, wire, within } from "./graph";

function node(id: string, x: number, y: number): MapNode {
  const quiet = {
    words: "",
    tone: 0,
    begins: false,
    errors: 0,
    warnings: 0,
    heat: null,
    lost: "",
    ending: "",
  };
  return { id, x, y, look: "scene", title: id, ...quiet };
}
const on = (from: string, to: string) => ({ from, to, look: "on", label: "" }) as const;

const nodes = [node("a", 0, 0), node("b", 260, 0), node("c", 260, 110), node("d", 520, 55)];

describe("a graph", () => {
  it("leaves out ways to what is not there", () => {
    const graph = graphOf(nodes, [on("a", "b"), on("a", "nowhere"), on("nowhere", "b")]);
    expect(graph.edges).toHaveLength(1);
    expect(graph.wires).toHaveLength(8);
    expect(graph.bounds).toEqual({ left: 0, top: 0, right: 520 + WIDE, bottom: 110 + HIGH });
  });

  it("says over a node what leads there, each thing once", () => {
    const way = (from: string, label: string) => ({ from, to: "d", look: "jump", label }) as const;
    const { said } = graphOf(nodes, [way("a", "jumps"), way("b", "jumps"), way("c", "calls"), on("a", "b")]);
    expect([...said]).toEqual([["d", "jumps / calls"]]);
  });

  it("has bounds when it is empty", () => {
    expect(graphOf([], []).bounds.right).toBeGreaterThan(0);
  });

  it("leads from the end of a node to the beginning of the next", () => {
    const { wires } = graphOf(nodes, [on("a", "c")]);
    expect([...wires.slice(0, 2), ...wires.slice(6)]).toEqual([WIDE, HIGH / 2, 260, 110 + HIGH / 2]);
  });

  it("leads back below", () => {
    const { wires } = graphOf(nodes, [on("d", "a"), on("a", "a")]);
    expect(wires[3]).toBeGreaterThan(55 + HIGH);
    expect(wires[8 + 3]).toBeGreaterThan(HIGH);
  });

  it("knows what can be seen", () => {
    const { spans } = graphOf(nodes, [on("a", "b"), on("c", "d")]);
    const part = { left: 0, top: -20, right: 240, bottom: 60 };
    expect(crosses(spans, 0, part)).toBe(true);
    expect(crosses(spans, 1, part)).toBe(false);
    expect(within(nodes, part).map(({ id }) => id)).toEqual(["a"]);
  });

  it("knows which long ways come through a part", () => {
    const long = wire({ x: 0, y: 0 }, { x: 50_000, y: 50_000 });
    const around = (x: number, y: number) => ({
      left: x - 300,
      top: y - 300,
      right: x + 300,
      bottom: y + 300,
    });
    expect(passes(long, around(25_000, 25_000))).toBe(true);
    expect(passes(long, around(WIDE, HIGH / 2))).toBe(true);
    expect(passes(long, around(40_000, 10_000))).toBe(false);
    expect(passes(long, around(-900, 0))).toBe(false);
  });

  it("knows what is at a point", () => {
    expect(nodeAt(nodes, { x: 300, y: 120 })?.id).toBe("c");
    expect(nodeAt(nodes, { x: 240, y: 20 })).toBeUndefined();
    expect(nodeAt([...nodes, node("over", 10, 10)], { x: 50, y: 50 })?.id).toBe("over");
  });

  it("is walked by arrow keys", () => {
    const [a, b, , d] = nodes as [MapNode, MapNode, MapNode, MapNode];
    expect(nearest(nodes, a, "ArrowRight")?.id).toBe("b");
    expect(nearest(nodes, b, "ArrowDown")?.id).toBe("c");
    expect(nearest(nodes, d, "ArrowLeft")?.id).toBe("b");
    expect(nearest(nodes, a, "ArrowLeft")).toBeUndefined();
    expect(nearest(nodes, a, "ArrowUp")).toBeUndefined();
  });
});
