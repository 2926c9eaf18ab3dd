import { type Camera, NEAR, type Rect, type Size, seen } from "./camera";
import { crosses, type Graph, HIGH, type MapNode, POINTS, passes, WIDE, within } from "./graph";
import { FILLS, type Palette, STROKES, TONES } from "./palette";

/** From so many nodes in view on, they are drawn as an overview also where the map is near. */
export const CROWD = 160;
const LABELS = 0.6;
const TITLES = 0.2;
/** From so many ways in an overview on, each is drawn fainter. */
const MANY = 1000;

type Drawing = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

export type Marks = {
  readonly chosen: string | null;
  /** What was searched for; all others fade. */
  readonly found: ReadonlySet<string> | null;
  /** From where to where a new way is being drawn, in units of the map. */
  readonly drawing: readonly [number, number, number, number] | null;
};

/** Draw what is seen of a graph: its ways, and with `overview` its nodes too. Return how much that was. */
export function draw(
  on: Drawing,
  graph: Graph,
  camera: Camera,
  size: Size,
  ratio: number,
  palette: Palette,
  marks: Marks,
  overview: boolean,
): number {
  const { x, y, zoom } = camera;
  const view = seen(camera, size);
  on.setTransform(ratio, 0, 0, ratio, 0, 0);
  on.clearRect(0, 0, size.width, size.height);
  on.setTransform(zoom * ratio, 0, 0, zoom * ratio, -x * zoom * ratio, -y * zoom * ratio);
  let drawn = ways(on, graph, view, zoom, palette, marks);
  if (overview) drawn += boxes(on, graph.nodes, view, zoom, palette, marks);
  if (zoom >= LABELS) labels(on, graph, view, palette);
  if (marks.drawing) {
    const [sx, sy, ex, ey] = marks.drawing;
    on.strokeStyle = palette.accent ?? "";
    on.lineWidth = 2.5 / zoom;
    on.setLineDash([6 / zoom, 4 / zoom]);
    on.beginPath();
    on.moveTo(sx, sy);
    on.lineTo(ex, ey);
    on.stroke();
    on.setLineDash([]);
  }
  return drawn;
}

/** A picture of a map, and what of it that shows. */
export type Picture = { readonly canvas: OffscreenCanvas; readonly camera: Camera; readonly size: Size };

/** Draw pictures that were made before, one over the other, in place of what is there. What is chosen is marked. */
export function drawPictures(
  on: Drawing,
  pictures: readonly Picture[],
  { x, y, zoom }: Camera,
  size: Size,
  ratio: number,
  palette: Palette,
  chosen: MapNode | undefined,
): void {
  on.setTransform(ratio, 0, 0, ratio, 0, 0);
  on.clearRect(0, 0, size.width, size.height);
  for (const { canvas, camera, size: part } of pictures) {
    const scale = zoom / camera.zoom;
    const [left, top] = [(camera.x - x) * zoom, (camera.y - y) * zoom];
    on.clearRect(left, top, part.width * scale, part.height * scale);
    on.drawImage(canvas, left, top, part.width * scale, part.height * scale);
  }
  if (!chosen) return;
  on.strokeStyle = palette.focus ?? "";
  on.lineWidth = 3;
  on.strokeRect((chosen.x - x) * zoom, (chosen.y - y) * zoom, WIDE * zoom, HIGH * zoom);
}

function ways(
  on: Drawing,
  { edges, wires, spans }: Graph,
  view: Rect,
  zoom: number,
  palette: Palette,
  { chosen }: Marks,
): number {
  let drawn = 0;
  const near = zoom >= NEAR;
  const paths = new Map<string, Path2D>();
  const path = (colour: string) => {
    const made = paths.get(colour) ?? new Path2D();
    paths.set(colour, made);
    return made;
  };
  const at = (i: number) => wires[i] as number;
  for (let n = 0; n < edges.length; n++) {
    const edge = edges[n];
    if (!edge || !crosses(spans, n, view)) continue;
    const i = n * POINTS;
    const [sx, sy, ax, ay] = [at(i), at(i + 1), at(i + 2), at(i + 3)];
    const [bx, by, ex, ey] = [at(i + 4), at(i + 5), at(i + 6), at(i + 7)];
    if (near && !passes([sx, sy, ax, ay, bx, by, ex, ey], view)) continue;
    drawn++;
    const mine = edge.from === chosen || edge.to === chosen;
    const ends = holdsPoint(view, sx, sy) || holdsPoint(view, ex, ey);
    const into = path(mine ? "chosen" : !near ? "line-strong" : ends ? STROKES[edge.look] : "line");
    into.moveTo(sx, sy);
    if (!near) {
      into.lineTo(ex, ey);
      continue;
    }
    into.bezierCurveTo(ax, ay, bx, by, ex - 3, ey);
    const turn = Math.atan2(ey - by, ex - bx);
    for (const side of [0.45, -0.45]) {
      into.moveTo(ex - 1, ey);
      into.lineTo(ex - 9 * Math.cos(turn + side), ey - 9 * Math.sin(turn + side));
    }
  }
  for (const [colour, lines] of paths) {
    const mine = colour === "chosen";
    on.strokeStyle = palette[mine ? "accent" : colour] ?? "";
    on.lineWidth = mine ? Math.max(2.5, 1.5 / zoom) : near ? 1.5 : 0.8 / zoom;
    on.globalAlpha = mine || near ? 1 : drawn > MANY ? 0.2 : 0.55;
    on.stroke(lines);
  }
  on.globalAlpha = 1;
  return drawn;
}

const holdsPoint = ({ left, top, right, bottom }: Rect, x: number, y: number) =>
  x >= left && x <= right && y >= top && y <= bottom;

function boxes(
  on: Drawing,
  nodes: readonly MapNode[],
  view: Rect,
  zoom: number,
  palette: Palette,
  { chosen, found }: Marks,
): number {
  let drawn = 0;
  const titled = zoom >= TITLES;
  on.font = `600 ${titled ? Math.min(40, 11 / zoom) : 1}px ${palette.font}`;
  on.textBaseline = "middle";
  const mark = Math.max(8, 3 / zoom);
  for (const node of nodes) {
    const { id, x, y } = node;
    if (x > view.right || x + WIDE < view.left || y > view.bottom || y + HIGH < view.top) continue;
    drawn++;
    on.globalAlpha = found && !found.has(id) ? 0.25 : 1;
    on.fillStyle = palette[titled ? "raised" : FILLS[node.look]] ?? "";
    if (node.heat !== null) on.fillStyle = heated(palette, node.heat);
    on.fillRect(x, y, WIDE, HIGH);
    on.fillStyle =
      palette[node.look === "scene" ? (TONES[node.tone % TONES.length] ?? "accent") : FILLS[node.look]] ?? "";
    on.fillRect(x, y, mark, HIGH);
    const flag = node.errors || node.lost ? "bad" : node.warnings ? "warn" : node.ending ? "good" : "";
    if (flag) {
      on.fillStyle = palette[flag] ?? "";
      on.fillRect(x + WIDE - mark * 2, y, mark * 2, mark * 2);
    }
    if (id === chosen || found?.has(id)) {
      on.strokeStyle = palette[id === chosen ? "focus" : "accent"] ?? "";
      on.lineWidth = 3 / zoom;
      on.strokeRect(x, y, WIDE, HIGH);
    }
    if (titled) {
      on.fillStyle = palette.ink ?? "";
      on.fillText(
        cut(node.title, Math.floor((WIDE * zoom) / 6.6)),
        x + mark * 2,
        y + HIGH / 2,
        WIDE - mark * 4,
      );
    }
  }
  on.globalAlpha = 1;
  return drawn;
}

const mixes = new Map<string, string>();

function heated(palette: Palette, heat: number): string {
  const key = `${palette.warm} ${Math.round(heat * 10)}`;
  const made =
    mixes.get(key) ??
    `color-mix(in oklab, ${palette.warm} ${8 + Math.round(heat * 10) * 6}%, ${palette.raised})`;
  mixes.set(key, made);
  return made;
}

/** Say over each node what leads to it. */
function labels(on: Drawing, { nodes, said }: Graph, view: Rect, palette: Palette): void {
  on.font = `500 11px ${palette.font}`;
  on.textBaseline = "middle";
  on.fillStyle = palette["ink-soft"] ?? "";
  for (const { id, x, y } of within(nodes, view)) {
    const words = said.get(id);
    if (words) on.fillText(cut(words, 38), x + 4, y - 11, WIDE);
  }
}

const cut = (words: string, most: number) =>
  words.length > most ? `${words.slice(0, Math.max(1, most - 1))}…` : words;
