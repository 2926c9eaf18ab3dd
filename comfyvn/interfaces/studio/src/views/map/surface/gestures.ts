import { panned, zoomed } from "./camera";
import { type MapNode, nodeAt, WIDE } from "./graph";
import type { Stage } from "./stage";

const FREE = 4;
const WHEEL = 0.0022;

type Heard = {
  nodes: () => readonly MapNode[];
  choose: (node: MapNode | null) => void;
  open: (node: MapNode) => void;
  /** Called while a node is moved by the pointer, and with `done` when it is let go. */
  carry: (node: MapNode, dx: number, dy: number, done: boolean) => void;
  connect: (from: MapNode, to: MapNode) => void;
  still: boolean;
};

/** Move over a map, and what is on it, by pointers and wheel; returns what stops it. */
export function gestures(root: HTMLElement, stage: Stage, heard: () => Heard): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  const fingers = new Map<number, PointerEvent>();

  root.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 20 : 1;
      if (event.ctrlKey || event.metaKey) {
        const factor = Math.exp(-event.deltaY * lines * WHEEL * (event.deltaMode || !event.ctrlKey ? 1 : 2));
        stage.move(zoomed(stage.camera, factor, stage.within(event)));
      } else {
        const [dx, dy] = event.shiftKey ? [event.deltaY, 0] : [event.deltaX, event.deltaY];
        stage.move(panned(stage.camera, -dx * lines, -dy * lines));
      }
    },
    { passive: false, signal },
  );

  root.addEventListener(
    "pointerdown",
    (event) => {
      const target = event.target as Element;
      if (event.button > 1 || target.closest("[data-still]")) return;
      root.focus({ preventScroll: true });
      fingers.set(event.pointerId, event);
      root.setPointerCapture(event.pointerId);
      const node = nodeAt(heard().nodes(), stage.at(event));
      const joins = node && stage.at(event).x > node.x + WIDE - 14 && stage.camera.zoom > 0.3;
      if (event.button === 1 || !node || heard().still) drag(event, node);
      else if (joins) draw(event, node);
      else carry(event, node);
    },
    { signal },
  );
  root.addEventListener("pointerup", ({ pointerId }) => fingers.delete(pointerId), { signal });
  root.addEventListener("pointercancel", ({ pointerId }) => fingers.delete(pointerId), { signal });
  root.addEventListener(
    "dblclick",
    (event) => {
      const node = nodeAt(heard().nodes(), stage.at(event));
      if (node && !(event.target as Element).closest("[data-still]")) heard().open(node);
    },
    { signal },
  );

  /** Hear a pointer until it is let go; `end` is told whether it moved. */
  function follow(
    begun: PointerEvent,
    move: (event: PointerEvent, last: PointerEvent) => void,
    end: (event: PointerEvent, moved: boolean) => void,
  ): void {
    const done = new AbortController();
    const both = AbortSignal.any([signal, done.signal]);
    let [last, moved] = [begun, false];
    const hear = (event: PointerEvent) => {
      if (event.pointerId !== begun.pointerId) return;
      moved ||= Math.hypot(event.clientX - begun.clientX, event.clientY - begun.clientY) >= FREE;
      if (moved) move(event, last);
      if (moved) last = event;
    };
    const leave = (event: PointerEvent) => {
      if (event.pointerId !== begun.pointerId) return;
      done.abort();
      end(event, moved);
    };
    root.addEventListener("pointermove", hear, { signal: both });
    root.addEventListener("pointerup", leave, { signal: both });
    root.addEventListener("pointercancel", leave, { signal: both });
  }

  function drag(begun: PointerEvent, node: MapNode | undefined): void {
    follow(
      begun,
      (event, last) => {
        const other = [...fingers.values()].find(({ pointerId }) => pointerId !== event.pointerId);
        fingers.set(event.pointerId, event);
        if (other) pinch(event, last, other);
        else stage.move(panned(stage.camera, event.clientX - last.clientX, event.clientY - last.clientY));
      },
      (_event, moved) => !moved && heard().choose(node ?? null),
    );
  }

  function pinch(event: PointerEvent, last: PointerEvent, other: PointerEvent): void {
    const apart = (one: PointerEvent) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
    const between = {
      clientX: (event.clientX + other.clientX) / 2,
      clientY: (event.clientY + other.clientY) / 2,
    };
    stage.move(zoomed(stage.camera, apart(event) / Math.max(1, apart(last)), stage.within(between)));
  }

  function carry(begun: PointerEvent, node: MapNode): void {
    const from = stage.at(begun);
    const far = (event: PointerEvent) => {
      const { x, y } = stage.at(event);
      return [x - from.x, y - from.y] as const;
    };
    follow(
      begun,
      (event) => heard().carry(node, ...far(event), false),
      (event, moved) => {
        if (moved) heard().carry(node, ...far(event), true);
        else heard().choose(node);
      },
    );
  }

  function draw(begun: PointerEvent, node: MapNode): void {
    const from = stage.at(begun);
    follow(
      begun,
      (event) => {
        const { x, y } = stage.at(event);
        stage.mark({ drawing: [from.x, from.y, x, y] });
      },
      (event, moved) => {
        stage.mark({ drawing: null });
        const target = nodeAt(heard().nodes(), stage.at(event));
        if (!moved) heard().choose(node);
        else if (target) heard().connect(node, target);
      },
    );
  }

  return () => stop.abort();
}
