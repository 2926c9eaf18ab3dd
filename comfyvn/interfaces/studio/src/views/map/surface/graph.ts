import type { Point, Rect } from "./camera";

/** Width and height of every node, in units of the map. */
export const WIDE = 208;
export const HIGH = 84;

export type Look = "scene" | "code" | "text" | "choice" | "action" | "exit";

/** What stands on a map. */
export type MapNode = {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly look: Look;
  readonly title: string;
  /** Smaller, below the title. */
  readonly words: string;
  /** Of its group, from 0: which colour its edge has. */
  readonly tone: number;
  readonly begins: boolean;
  readonly errors: number;
  readonly warnings: number;
  /** How often plays come here, from 0 to 1 of the most; null where that is not known or not shown. */
  readonly heat: number | null;
  /** Said of it by the analysis: that no play comes here, that plays end here. */
  readonly lost: string;
  readonly ending: string;
};

export type EdgeLook = "on" | "option" | "jump" | "call" | "back";
export type MapEdge = {
  readonly from: string;
  readonly to: string;
  readonly look: EdgeLook;
  readonly label: string;
};

/** Both ends of a curve, and between them the points that bend it. */
export type Wire = [number, number, number, number, number, number, number, number];
/** Numbers of each wire: both ends and the two points that bend it. */
export const POINTS = 8;

/** A graph with all that is needed to draw it, and to find things in it, quickly. */
export type Graph = {
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
  readonly index: ReadonlyMap<string, number>;
  readonly wires: Float32Array;
  /** Of each wire the rectangle around it: left, top, right, bottom. */
  readonly spans: Float32Array;
  /** What the ways to a node say, by its id. */
  readonly said: ReadonlyMap<string, string>;
  readonly bounds: Rect;
};

export function graphOf(nodes: readonly MapNode[], edges: readonly MapEdge[]): Graph {
  const index = new Map(nodes.map(({ id }, n) => [id, n]));
  const known = edges.filter(({ from, to }) => index.has(from) && index.has(to));
  const wires = new Float32Array(known.length * POINTS);
  const spans = new Float32Array(known.length * 4);
  known.forEach(({ from, to }, n) => {
    const [source, target] = [nodes[index.get(from) ?? 0], nodes[index.get(to) ?? 0]];
    if (!source || !target) return;
    const [sx, sy, ax, ay, bx, by, ex, ey] = wire(source, target);
    wires.set([sx, sy, ax, ay, bx, by, ex, ey], n * POINTS);
    const [xs, ys] = [
      [sx, ax, bx, ex],
      [sy, ay, by, ey],
    ];
    spans.set([Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)], n * 4);
  });
  const said = new Map<string, string>();
  for (const { to, label } of known) {
    const before = said.get(to);
    if (label && !before?.split(" / ").includes(label)) said.set(to, before ? `${before} / ${label}` : label);
  }
  return { nodes, edges: known, index, wires, spans, said, bounds: boundsOf(nodes) };
}

export function boundsOf(nodes: readonly Point[]): Rect {
  if (!nodes.length) return { left: 0, top: 0, right: WIDE, bottom: HIGH };
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of nodes) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x + WIDE);
    bottom = Math.max(bottom, y + HIGH);
  }
  return { left, top, right, bottom };
}

export const rectOf = ({ x, y }: Point): Rect => ({ left: x, top: y, right: x + WIDE, bottom: y + HIGH });

export const middleOf = ({ x, y }: Point): Point => ({ x: x + WIDE / 2, y: y + HIGH / 2 });

/** Return a curve from the end of a node to the beginning of another; ways back go around below. */
export function wire(source: Point, target: Point): Wire {
  const [sx, sy] = [source.x + WIDE, source.y + HIGH / 2];
  const [ex, ey] = [target.x, target.y + HIGH / 2];
  const ahead = ex - sx;
  if (ahead > 0) {
    const bend = Math.max(ahead / 2, 24);
    return [sx, sy, sx + bend, sy, ex - bend, ey, ex, ey];
  }
  const bend = Math.min(60 + -ahead / 8, 220);
  const under = Math.max(sy, ey) + HIGH * 0.9 + Math.min(-ahead / 12, 120);
  return [sx, sy, sx + bend, under, ex - bend, under, ex, ey];
}

/** Tell whether a curve may be seen in a part of the map, by the rectangles around the curves. */
export function crosses(spans: Float32Array, n: number, { left, top, right, bottom }: Rect): boolean {
  const i = n * 4;
  return (
    (spans[i] as number) <= right &&
    (spans[i + 1] as number) <= bottom &&
    (spans[i + 2] as number) >= left &&
    (spans[i + 3] as number) >= top
  );
}

/**
 * Tell whether a curve comes through a part of the map: where its points stand around the part, its halves are asked.
 *
 * Long ways across a large map are around every view, and hardly ever in one.
 */
export function passes(curve: Wire, part: Rect, halvings = 9): boolean {
  const [sx, sy, ax, ay, bx, by, ex, ey] = curve;
  if (
    Math.max(sx, ax, bx, ex) < part.left ||
    Math.min(sx, ax, bx, ex) > part.right ||
    Math.max(sy, ay, by, ey) < part.top ||
    Math.min(sy, ay, by, ey) > part.bottom
  )
    return false;
  if (halvings === 0) return true;
  const [px, py, qx, qy] = [(sx + ax) / 2, (sy + ay) / 2, (ax + bx) / 2, (ay + by) / 2];
  const [rx, ry] = [(bx + ex) / 2, (by + ey) / 2];
  const [ux, uy, vx, vy] = [(px + qx) / 2, (py + qy) / 2, (qx + rx) / 2, (qy + ry) / 2];
  const [mx, my] = [(ux + vx) / 2, (uy + vy) / 2];
  const inside = mx >= part.left && mx <= part.right && my >= part.top && my <= part.bottom;
  return (
    inside ||
    passes([sx, sy, px, py, ux, uy, mx, my], part, halvings - 1) ||
    passes([mx, my, vx, vy, rx, ry, ex, ey], part, halvings - 1)
  );
}

/** Return the nodes of which something is in a part of the map. */
export function within(nodes: readonly MapNode[], { left, top, right, bottom }: Rect): MapNode[] {
  return nodes.filter(({ x, y }) => x <= right && x + WIDE >= left && y <= bottom && y + HIGH >= top);
}

/** Return the node at a point; of several the last, which is drawn over the others. */
export function nodeAt(nodes: readonly MapNode[], { x, y }: Point): MapNode | undefined {
  return nodes.findLast((node) => x >= node.x && x <= node.x + WIDE && y >= node.y && y <= node.y + HIGH);
}

export type Direction = "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight";

/** Return the nearest node in a direction: what is straight ahead counts as nearer than what is aside. */
export function nearest(nodes: readonly MapNode[], from: MapNode, direction: Direction): MapNode | undefined {
  const across = direction === "ArrowLeft" || direction === "ArrowRight";
  const sign = direction === "ArrowLeft" || direction === "ArrowUp" ? -1 : 1;
  let best: MapNode | undefined;
  let least = Infinity;
  for (const node of nodes) {
    const [dx, dy] = [(node.x - from.x) * (across ? 1 : 2.2), (node.y - from.y) * (across ? 2.2 : 1)];
    const ahead = (across ? dx : dy) * sign;
    const aside = Math.abs(across ? dy : dx);
    if (ahead < 8 || aside > ahead * 4) continue;
    const far = ahead + aside * 1.5;
    if (far < least) [best, least] = [node, far];
  }
  return best;
}
