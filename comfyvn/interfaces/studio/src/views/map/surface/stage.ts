import {
  type Camera,
  centred,
  fitted,
  holds,
  NEAR,
  type Point,
  READING,
  type Rect,
  type Size,
  seen,
  toMap,
} from "./camera";
import { CROWD, draw, drawPictures, type Marks, type Picture } from "./draw";
import { type Graph, type MapNode, within } from "./graph";
import { type Palette, paletteOf } from "./palette";

/** Around the view, in units of the map: nodes there are made before they are seen. */
const AHEAD = 240;
const SETTLED_MS = 160;
/** From so many things in view on, pictures of them are moved, and they are drawn anew when that is over. */
const HEAVY = 700;
/** Pixels along the longer side of the picture of a whole map. */
const WHOLE = 2048;

type Elements = { root: HTMLElement; canvas: HTMLCanvasElement; layer: HTMLElement };
type Heard = {
  /** The nodes that stand there as elements now; none where the map is drawn as an overview. */
  shown: (nodes: readonly MapNode[]) => void;
  moved: (camera: Camera, size: Size) => void;
};

/**
 * Draws a graph and moves over it, without React: once for each frame in which something has changed.
 *
 * Ways are always drawn on the canvas. Nodes are elements while few of them are seen, else they are drawn as well.
 */
export class Stage {
  camera: Camera;
  size: Size = { width: 1, height: 1 };
  marks: Marks = NO_MARKS;
  private graph: Graph;
  private palette: Palette;
  private covered: Rect | null = null;
  private near = false;
  private frame = 0;
  private moving = false;
  private drawn = 0;
  private whole: Picture | null = null;
  private last: Picture | null = null;
  private settle: ReturnType<typeof setTimeout> | undefined;
  private readonly observer: ResizeObserver;
  private readonly themes: MutationObserver;
  private readonly context: CanvasRenderingContext2D | null;

  constructor(
    private readonly elements: Elements,
    private readonly heard: Heard,
    graph: Graph,
    camera: Camera | null,
  ) {
    this.graph = graph;
    this.context = elements.canvas.getContext("2d");
    this.palette = paletteOf(elements.root);
    this.measure();
    this.camera = camera ?? first(graph, this.size);
    this.observer = new ResizeObserver(() => {
      this.measure();
      this.again();
    });
    this.observer.observe(elements.root);
    this.themes = new MutationObserver(() => {
      this.palette = paletteOf(elements.root);
      this.forget();
      this.again();
    });
    this.themes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    this.again();
  }

  end(): void {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.settle);
    this.observer.disconnect();
    this.themes.disconnect();
  }

  show(graph: Graph): void {
    this.graph = graph;
    this.covered = null;
    this.forget();
    this.again();
  }

  mark(marks: Partial<Marks>): void {
    this.marks = { ...this.marks, ...marks };
    this.again();
  }

  move(camera: Camera): void {
    this.camera = camera;
    this.elements.layer.style.willChange = "transform";
    this.moving = true;
    clearTimeout(this.settle);
    this.settle = setTimeout(() => {
      this.elements.layer.style.willChange = ""; // letters are drawn sharp again
      this.moving = false;
      this.again();
    }, SETTLED_MS);
    this.again();
  }

  /** Return where on the map a point of the page is. */
  at({ clientX, clientY }: { clientX: number; clientY: number }): Point {
    return toMap(this.camera, this.within({ clientX, clientY }));
  }

  /** Return where in the view a point of the page is. */
  within({ clientX, clientY }: { clientX: number; clientY: number }): Point {
    const { left, top } = this.elements.root.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  }

  private measure(): void {
    const { clientWidth: width, clientHeight: height } = this.elements.root;
    if (!width || !height) return; // it is hidden
    this.size = { width, height };
    const { canvas } = this.elements;
    canvas.width = Math.round(width * devicePixelRatio);
    canvas.height = Math.round(height * devicePixelRatio);
    this.covered = null;
  }

  private again(): void {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.paint();
    });
  }

  private paint(): void {
    const { camera, size, graph } = this;
    this.cover();
    const { x, y, zoom } = camera;
    this.elements.layer.style.transform = `scale(${zoom}) translate(${-x}px, ${-y}px)`;
    const on = this.context;
    if (on && this.moving && !this.near && this.drawn > HEAVY) {
      this.whole ??= this.pictured(fitted(graph.bounds, WHOLE_SIZE), WHOLE_SIZE);
      const pictures = this.last ? [this.whole, this.last] : [this.whole];
      const chosen = graph.nodes[graph.index.get(this.marks.chosen ?? "") ?? -1];
      drawPictures(on, pictures, camera, size, devicePixelRatio, this.palette, chosen);
    } else if (on) {
      this.drawn = draw(on, graph, camera, size, devicePixelRatio, this.palette, this.marks, !this.near);
      this.last = this.drawn > HEAVY && !this.near ? this.copied() : null;
    }
    this.heard.moved(camera, size);
  }

  private forget(): void {
    this.whole = null;
    this.last = null;
  }

  /** Return a picture of what a camera shows. */
  private pictured(camera: Camera, size: Size): Picture {
    const canvas = new OffscreenCanvas(size.width, size.height);
    const on = canvas.getContext("2d");
    if (on) draw(on, this.graph, camera, size, 1, this.palette, NO_MARKS, true);
    return { canvas, camera, size };
  }

  /** Return a picture of what is in view now. */
  private copied(): Picture {
    const { canvas } = this.elements;
    const copy = new OffscreenCanvas(canvas.width, canvas.height);
    copy.getContext("2d")?.drawImage(canvas, 0, 0);
    return { canvas: copy, camera: this.camera, size: this.size };
  }

  /** See to it that the nodes in view are there as elements, where they are few. */
  private cover(): void {
    const view = seen(this.camera, this.size);
    const near = this.camera.zoom >= NEAR;
    if (this.covered && holds(this.covered, view) && near === this.near) return;
    if (!near) {
      if (this.near || !this.covered) this.heard.shown([]);
      this.near = false;
      this.covered = EVERYWHERE;
      return;
    }
    this.covered = seen(this.camera, this.size, AHEAD);
    const nodes = within(this.graph.nodes, this.covered);
    this.near = nodes.length <= CROWD;
    this.heard.shown(this.near ? nodes : []);
  }
}

/** A map is seen as a whole at first; one that would be too small to read from its beginning. */
function first(graph: Graph, size: Size): Camera {
  const whole = fitted(graph.bounds, size);
  const start = graph.nodes.find(({ begins }) => begins) ?? graph.nodes[0];
  if (whole.zoom >= NEAR || !start || graph.nodes.length > CROWD) return whole;
  const { x, y } = centred({ ...whole, zoom: READING }, size, start);
  return { x: Math.max(x, start.x - 60), y, zoom: READING };
}

const WHOLE_SIZE: Size = { width: WHOLE, height: WHOLE };
const NO_MARKS: Marks = { chosen: null, found: null, drawing: null };
const EVERYWHERE: Rect = { left: -Infinity, top: -Infinity, right: Infinity, bottom: Infinity };
