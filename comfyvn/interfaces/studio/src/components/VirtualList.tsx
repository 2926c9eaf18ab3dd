import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useRef } from "react";
import css from "./layout.module.css";

type Props<T> = {
  label: string;
  items: readonly T[];
  /** Height of a row in pixels, before it is measured. */
  estimate: number;
  keyOf: (item: T) => string;
  children: (item: T, index: number) => ReactNode;
};

/** A list of any length: only the rows that can be seen are there. */
export function VirtualList<T>({ label, items, estimate, keyOf, children }: Props<T>) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => estimate,
    getItemKey: (index) => {
      const item = items[index];
      return item === undefined ? index : keyOf(item);
    },
    overscan: 8,
  });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
    <div ref={scroller} className={css.scroller} tabIndex={0} role="group" aria-label={label}>
      <ul className={css.sheet} style={{ blockSize: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ key, index, start }) => {
          const item = items[index];
          return (
            item !== undefined && (
              <li
                key={key}
                ref={rows.measureElement}
                data-index={index}
                aria-setsize={items.length}
                aria-posinset={index + 1}
                className={css.row}
                style={{ transform: `translateY(${start}px)` }}
              >
                {children(item, index)}
              </li>
            )
          );
        })}
      </ul>
    </div>
  );
}
