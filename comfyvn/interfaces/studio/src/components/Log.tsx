import { useLayoutEffect, useRef } from "react";
import css from "./layout.module.css";

type Props = {
  label: string;
  text: string;
  empty: string;
  /** Keep the end in sight while more is written, unless the person has scrolled up. */
  follow?: boolean;
};

/** A log; its end is shown first. */
export function Log({ label, text, empty, follow = false }: Props) {
  const pane = useRef<HTMLPreElement>(null);
  const near = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it scrolls when there is more text
  useLayoutEffect(() => {
    if (follow && near.current && pane.current) pane.current.scrollTop = pane.current.scrollHeight;
  }, [text, follow]);
  return (
    <pre
      ref={pane}
      className={css.log}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
      tabIndex={0}
      role="log"
      aria-label={label}
      aria-live="off"
      onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
        near.current = scrollTop + clientHeight > scrollHeight - 24;
      }}
    >
      {text || empty}
    </pre>
  );
}
