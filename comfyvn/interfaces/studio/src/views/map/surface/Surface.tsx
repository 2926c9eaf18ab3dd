import { type ReactNode, type Ref, useEffect, useImperativeHandle, useRef, useState } from "react";
import { pressed } from "@/shell/commands";
import { mapText } from "../messages";
import { Card } from "./Card";
import {
  type Camera,
  centred,
  fitted,
  holds,
  NEAR,
  panned,
  READING,
  type Size,
  seen,
  showing,
  toView,
  zoomed,
} from "./camera";
import { gestures } from "./gestures";
import { type Direction, type Graph, graphOf, type MapNode, middleOf, nearest, rectOf } from "./graph";
import { Minimap } from "./Minimap";
import { Stage } from "./stage";
import css from "./surface.module.css";

const STEP = 80;
const NUDGE = 20;
const NUDGED_MS = 600;
/** Pixels at the end of the view that the inspector may stand over. */
const INSPECTOR = 290;

/** What can be asked of a map from beside it. */
export type MapHandle = { show: (id: string) => void; fit: () => void; zoom: (factor: number) => void };

type Props = {
  ref?: Ref<MapHandle>;
  label: string;
  /** Under which name it is remembered what of the map was in view. */
  name: string;
  graph: Graph;
  chosen: string | null;
  found: ReadonlySet<string> | null;
  readOnly: boolean;
  onChoose: (id: string | null) => void;
  onOpen: (id: string) => void;
  onPlace: (id: string, x: number, y: number) => void;
  onConnect: (from: string, to: string) => void;
  onDelete: (id: string) => void;
  onLeave?: () => void;
  /** Stands over the map. */
  children?: ReactNode;
};

/** A graph to move over by pointer, wheel and keys. */
export function Surface(props: Props) {
  const { label, name, chosen, found, readOnly } = props;
  const t = mapText();
  const root = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  const moved = useRef<((camera: Camera, size: Size) => void) | null>(null);
  const [stage, setStage] = useState<Stage | null>(null);
  const [shown, setShown] = useState<readonly MapNode[]>([]);
  const [carried, setCarried] = useState<{ id: string; x: number; y: number } | null>(null);
  const [joining, setJoining] = useState<string | null>(null);
  const nudge = useRef<ReturnType<typeof setTimeout>>(undefined);
  const graph = carried ? withMoved(props.graph, carried) : props.graph;
  const heard = useRef({ props, graph });
  heard.current = { props, graph };
  const shelf = `comfyvn.map.${name}`;

  useEffect(() => {
    if (!root.current || !canvas.current || !layer.current) return;
    const kept = localStorage.getItem(shelf);
    const elements = { root: root.current, canvas: canvas.current, layer: layer.current };
    let keep: ReturnType<typeof setTimeout>;
    const made = new Stage(
      elements,
      {
        shown: setShown,
        moved: (camera, size) => {
          moved.current?.(camera, size);
          clearTimeout(keep);
          keep = setTimeout(() => localStorage.setItem(shelf, JSON.stringify(camera)), 400);
        },
      },
      heard.current.graph,
      kept ? JSON.parse(kept) : null,
    );
    setStage(made);
    const stop = gestures(root.current, made, () => {
      const { props, graph } = heard.current;
      return {
        nodes: () => graph.nodes,
        still: props.readOnly,
        choose: (node) => props.onChoose(node?.id ?? null),
        open: ({ id }) => props.onOpen(id),
        connect: (from, to) => props.onConnect(from.id, to.id),
        carry: ({ id, x, y }, dx, dy, done) => {
          const place = { id, x: Math.round(x + dx), y: Math.round(y + dy) };
          setCarried(done ? null : place);
          if (done) props.onPlace(id, place.x, place.y);
        },
      };
    });
    return () => {
      stop();
      made.end();
      clearTimeout(keep);
      setStage(null);
    };
  }, [shelf]);

  useEffect(() => stage?.show(graph), [stage, graph]);
  useEffect(() => stage?.mark({ chosen, found }), [stage, chosen, found]);

  function show(id: string): void {
    const node = graph.nodes[graph.index.get(id) ?? -1];
    if (!node || !stage) return;
    const size = free(stage.size);
    stage.move(showing(stage.camera, size, rectOf(node)));
  }

  /** Show something near enough to be read. */
  function visit(id: string): void {
    const node = graph.nodes[graph.index.get(id) ?? -1];
    if (!node || !stage) return;
    if (stage.camera.zoom >= NEAR) show(id);
    else stage.move(centred({ ...stage.camera, zoom: READING }, free(stage.size), middleOf(node)));
  }
  const fit = () => stage?.move(fitted(graph.bounds, stage.size));
  function zoom(factor: number): void {
    if (!stage) return;
    const { camera, size } = stage;
    const node = graph.nodes[graph.index.get(chosen ?? "") ?? -1];
    const kept = node && holds(seen(camera, size), rectOf(node)) ? toView(camera, middleOf(node)) : null;
    stage.move(zoomed(camera, factor, kept ?? { x: size.width / 2, y: size.height / 2 }));
  }
  useImperativeHandle(props.ref, () => ({ show: visit, fit, zoom }));

  function walk(direction: Direction): void {
    const from = graph.nodes[graph.index.get(chosen ?? "") ?? -1];
    const to = from ? nearest(graph.nodes, from, direction) : graph.nodes[0];
    if (!to) return;
    props.onChoose(to.id);
    show(to.id);
  }

  function nudged(direction: Direction): void {
    const node = graph.nodes[graph.index.get(chosen ?? "") ?? -1];
    if (!node || readOnly) return;
    const [dx, dy] = TOWARDS[direction];
    const place = { id: node.id, x: node.x + dx * NUDGE, y: node.y + dy * NUDGE };
    setCarried(place);
    clearTimeout(nudge.current);
    nudge.current = setTimeout(() => {
      setCarried(null);
      props.onPlace(place.id, place.x, place.y);
    }, NUDGED_MS);
  }

  function key(event: React.KeyboardEvent): void {
    if (event.target !== root.current) return;
    const run = keyed(event);
    if (!run) return;
    event.preventDefault();
    event.stopPropagation();
    run();
  }

  function keyed(event: React.KeyboardEvent): (() => unknown) | undefined {
    const direction = event.key in TOWARDS ? (event.key as Direction) : undefined;
    if (direction && event.altKey) return () => nudged(direction);
    if (direction && event.shiftKey) {
      const [dx, dy] = TOWARDS[direction];
      return () => stage?.move(panned(stage.camera, -dx * STEP, -dy * STEP));
    }
    if (direction && !event.ctrlKey && !event.metaKey) return () => walk(direction);
    if (pressed(event, "+") || pressed(event, "=")) return () => zoom(1.25);
    if (pressed(event, "-")) return () => zoom(0.8);
    if (pressed(event, "0") || pressed(event, "f")) return fit;
    if (pressed(event, "1")) return () => stage && zoom(1 / stage.camera.zoom);
    if (pressed(event, "Escape"))
      return joining ? () => setJoining(null) : chosen ? () => props.onChoose(null) : props.onLeave;
    if (!chosen) return undefined;
    if (pressed(event, "Enter") && joining)
      return () => {
        setJoining(null);
        props.onConnect(joining, chosen);
      };
    if (pressed(event, "Enter")) return () => props.onOpen(chosen);
    if (readOnly) return undefined;
    if (pressed(event, "c")) return () => setJoining(chosen);
    if (pressed(event, "Delete")) return () => props.onDelete(chosen);
    return undefined;
  }

  const current = graph.nodes[graph.index.get(chosen ?? "") ?? -1];
  const from = graph.nodes[graph.index.get(joining ?? "") ?? -1];
  return (
    <div className={css.surface} dir="ltr">
      <div
        ref={root}
        className={css.view}
        role="application"
        aria-label={label}
        aria-describedby={`${name}-hint`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is walked over by arrow keys
        tabIndex={0}
        onKeyDown={key}
        data-map={name}
      >
        <canvas ref={canvas} className={css.canvas} />
        <div ref={layer} className={css.layer} aria-hidden="true">
          {shown.map(({ id }) => {
            const node = graph.nodes[graph.index.get(id) ?? -1];
            const faded = found !== null && !found.has(id);
            return (
              node && <Card key={id} node={node} chosen={id === chosen} faded={faded} joins={!readOnly} />
            );
          })}
        </div>
      </div>
      <Minimap graph={graph} stage={stage} moved={moved} />
      {from && <p className={css.joining}>{t("joining", { title: from.title })}</p>}
      {props.children}
      <p id={`${name}-hint`} className="visually-hidden">
        {t("hint")}
      </p>
      <p className="visually-hidden" aria-live="polite">
        {current && `${current.title}. ${current.words} ${current.lost} ${current.ending}`}
        {from && t("joining", { title: from.title })}
      </p>
    </div>
  );
}

/** Return the part of a view over which no inspector stands. */
const free = ({ width, height }: Size): Size => ({
  width: width > 2 * INSPECTOR ? width - INSPECTOR : width,
  height,
});

const TOWARDS: Readonly<Record<Direction, readonly [number, number]>> = {
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
};

function withMoved({ nodes, edges }: Graph, { id, x, y }: { id: string; x: number; y: number }): Graph {
  return graphOf(
    nodes.map((node) => (node.id === id ? { ...node, x, y } : node)),
    edges,
  );
}
