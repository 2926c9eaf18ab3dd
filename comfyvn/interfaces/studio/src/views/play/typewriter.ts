import { useEffect, useMemo, useRef, useState } from "react";
import type { Told } from "./dialogue";
import { shownAt, stretches } from "./typing";

/** After so many milliseconds without word from the stream a line is shown at once. */
const PATIENCE_MS = 700;

type Typed = { key: string; stretch: number; upTo: number; state: "typing" | "click" | "done" };

/**
 * Let a line come as the stream says. `fresh`: the version in which it was met; null: it was read before.
 *
 * `advance` shows what is still to come until the next click, and tells whether there was anything.
 */
export function useTypewriter(key: string, fresh: number | null, told: Told | null, cps: number) {
  const [typed, setTyped] = useState<Typed>({ key: "", stretch: 0, upTo: 0, state: "done" });
  const heard = told && told.version === fresh ? told : null;
  const all = useMemo(() => heard && stretches(heard.pieces, cps), [heard, cps]);
  const jump = useRef(false);

  let now = typed;
  if (now.key !== key) {
    now = { key, stretch: 0, upTo: 0, state: fresh === null || cps === 0 ? "done" : "typing" };
    setTyped(now);
  }
  const { stretch, state } = now;

  useEffect(() => {
    if (state !== "typing") return;
    const part = all?.[stretch];
    if (!part) {
      const timer = setTimeout(() => setTyped((was) => ({ ...was, state: "done" })), PATIENCE_MS);
      return () => clearTimeout(timer);
    }
    jump.current = false;
    const last = stretch === all.length - 1;
    let began: number | null = null;
    let frame = requestAnimationFrame(function draw(time: number): void {
      began ??= time;
      const ms = jump.current ? part.lasts : time - began;
      const upTo = shownAt(part, ms);
      if (ms >= part.lasts) setTyped((was) => ({ ...was, upTo, state: last ? "done" : "click" }));
      else {
        setTyped((was) => (was.upTo === upTo ? was : { ...was, upTo }));
        frame = requestAnimationFrame(draw);
      }
    });
    return () => cancelAnimationFrame(frame);
  }, [state, all, stretch]);

  function advance(): boolean {
    if (state === "done") return false;
    if (state === "click") setTyped((was) => ({ ...was, stretch: was.stretch + 1, state: "typing" }));
    else if (all) jump.current = true;
    else setTyped((was) => ({ ...was, state: "done" }));
    return true;
  }

  return {
    upTo: state === "done" ? Number.POSITIVE_INFINITY : now.upTo,
    state,
    /** Seconds after which the line goes by itself. */
    gone: heard?.gone ?? null,
    advance,
  };
}
