import { type ReactNode, useEffect, useRef, useState } from "react";
import css from "./layout.module.css";

type Props = {
  /** Under which name its width is remembered. */
  name: string;
  label: string;
  side: ReactNode;
  children: ReactNode;
  /** Width of the side at first, in pixels. */
  width?: number;
  min?: number;
  max?: number;
  /** On which end the side is. */
  end?: boolean;
};

const STEP = 16;

/** Two panes side by side; the width of the side is dragged, or moved by the arrow keys, and remembered. */
export function Split({
  name,
  label,
  side,
  children,
  width = 260,
  min = 160,
  max = 560,
  end = false,
}: Props) {
  const shelf = `comfyvn.split.${name}`;
  const [size, setSize] = useState(() => clamp(Number(localStorage.getItem(shelf)) || width));
  const pane = useRef<HTMLDivElement>(null);
  useEffect(() => localStorage.setItem(shelf, String(size)), [shelf, size]);

  function clamp(wanted: number): number {
    return Math.round(Math.max(min, Math.min(max, wanted)));
  }

  function towards(element: Element, step: number): number {
    return (getComputedStyle(element).direction === "rtl") !== end ? -step : step;
  }

  const sidePane = (
    <div ref={pane} className={css.side} style={{ inlineSize: size }}>
      {side}
    </div>
  );
  const divider = (
    <div
      className={css.divider}
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={size}
      aria-valuemin={min}
      aria-valuemax={max}
      tabIndex={0}
      onKeyDown={(event) => {
        const step = { ArrowRight: STEP, ArrowLeft: -STEP }[event.key];
        if (!step) return;
        event.preventDefault();
        setSize(clamp(size + towards(event.currentTarget, step)));
      }}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={(event) => {
        const box = pane.current?.getBoundingClientRect();
        if (!box || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
        const near =
          towards(event.currentTarget, 1) > 0 ? event.clientX - box.left : box.right - event.clientX;
        setSize(clamp(near));
      }}
    />
  );
  return (
    <div className={css.split}>
      {!end && sidePane}
      {!end && divider}
      <div className={css.rest}>{children}</div>
      {end && divider}
      {end && sidePane}
    </div>
  );
}
