import { useEffect, useRef } from "react";
import { mapText } from "../messages";
import { type Camera, centred, fitted, type Size, seen } from "./camera";
import { type Graph, HIGH, WIDE } from "./graph";
import { FILLS, paletteOf } from "./palette";
import type { Stage } from "./stage";
import css from "./surface.module.css";

const SIZE: Size = { width: 168, height: 112 };

type Props = {
  graph: Graph;
  stage: Stage | null;
  /** Filled with what shows where the view is. */
  moved: { current: ((camera: Camera, size: Size) => void) | null };
};

/** The whole map, small, and what of it is in view. */
export function Minimap({ graph, stage, moved }: Props) {
  const t = mapText();
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const small = (() => {
    const { left, top, right, bottom } = graph.bounds;
    const pad = Math.max(right - left, bottom - top) * 0.03;
    const zoom = Math.min(SIZE.width / (right - left + 2 * pad), SIZE.height / (bottom - top + 2 * pad), 0.1);
    return {
      ...fitted(graph.bounds, SIZE),
      zoom,
      x: (left + right - SIZE.width / zoom) / 2,
      y: (top + bottom - SIZE.height / zoom) / 2,
    };
  })();

  useEffect(() => {
    const on = canvas.current?.getContext("2d");
    if (!on || !canvas.current) return;
    const palette = paletteOf(canvas.current);
    on.setTransform(2, 0, 0, 2, 0, 0);
    on.clearRect(0, 0, SIZE.width, SIZE.height);
    for (const { x, y, look } of graph.nodes) {
      on.fillStyle = palette[FILLS[look]] ?? "";
      on.fillRect(
        (x - small.x) * small.zoom,
        (y - small.y) * small.zoom,
        Math.max(1.2, WIDE * small.zoom),
        Math.max(1, HIGH * small.zoom),
      );
    }
  });

  moved.current = (camera, size) => {
    if (!frame.current) return;
    const { left, top, right, bottom } = seen(camera, size);
    const place = (at: number, from: number) => (at - from) * small.zoom;
    frame.current.style.transform = `translate(${place(left, small.x)}px, ${place(top, small.y)}px)`;
    frame.current.style.width = `${(right - left) * small.zoom}px`;
    frame.current.style.height = `${(bottom - top) * small.zoom}px`;
  };
  useEffect(() => {
    if (stage) moved.current?.(stage.camera, stage.size);
  });

  function look(event: React.PointerEvent<HTMLElement>): void {
    if (!stage || !event.buttons) return;
    const box = event.currentTarget.getBoundingClientRect();
    const at = {
      x: small.x + (event.clientX - box.left) / small.zoom,
      y: small.y + (event.clientY - box.top) / small.zoom,
    };
    stage.move(centred(stage.camera, stage.size, at));
  }

  return (
    <div
      className={css.minimap}
      data-still
      aria-hidden="true"
      title={t("minimap")}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        look(event);
      }}
      onPointerMove={look}
    >
      <canvas ref={canvas} width={SIZE.width * 2} height={SIZE.height * 2} />
      <div ref={frame} />
    </div>
  );
}
