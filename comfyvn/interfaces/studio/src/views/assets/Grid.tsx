import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Moment } from "@/api/queries";
import { bytes } from "@/i18n/measures";
import css from "./assets.module.css";
import { assetsText } from "./messages";
import { Picture } from "./Picture";
import type { Asset } from "./queries";

const TILE = 148;
const TILE_HEIGHT = 168;
const LIST_HEIGHT = 44;

type Props = {
  moment: Moment;
  items: readonly Asset[];
  total: number;
  asList: boolean;
  chosen: string | undefined;
  onChoose: (asset: Asset) => void;
  /** Called when the end of what is known comes near. */
  onEnd: () => void;
};

/** Any number of assets as tiles or rows; only those in sight are there. Arrow keys move between them. */
export function Grid({ moment, items, total, asList, chosen, onChoose, onEnd }: Props) {
  const t = assetsText();
  const scroller = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [active, setActive] = useState(0);
  const columns = asList ? 1 : Math.max(1, Math.floor(width / TILE));
  const rows = useVirtualizer({
    count: Math.ceil(items.length / columns),
    getScrollElement: () => scroller.current,
    estimateSize: () => (asList ? LIST_HEIGHT : TILE_HEIGHT),
    overscan: 4,
  });
  const seen = rows.getVirtualItems();
  const last = seen.at(-1)?.index ?? -1;

  useLayoutEffect(() => {
    const found = scroller.current;
    if (!found) return;
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0));
    observer.observe(found);
    return () => observer.disconnect();
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: rows are measured anew when their height changes
  useLayoutEffect(() => rows.measure(), [asList, columns]);

  useEffect(() => {
    if (items.length < total && (last + 8) * columns >= items.length) onEnd();
  }, [last, columns, items.length, total, onEnd]);

  function move(event: KeyboardEvent): void {
    const rtl = getComputedStyle(event.currentTarget).direction === "rtl" ? -1 : 1;
    const steps: Record<string, number> = {
      ArrowRight: rtl,
      ArrowLeft: -rtl,
      ArrowDown: columns,
      ArrowUp: -columns,
      Home: -active,
      End: items.length - 1 - active,
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(items.length - 1, active + step));
    setActive(next);
    rows.scrollToIndex(Math.floor(next / columns));
    requestAnimationFrame(() => {
      scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus();
    });
  }

  return (
    <div ref={scroller} className={css.scroller}>
      <div
        className={asList ? css.list : css.grid}
        role="listbox"
        aria-label={t("grid")}
        tabIndex={-1}
        style={{ blockSize: rows.getTotalSize() }}
        onKeyDown={move}
      >
        {seen.flatMap(({ index: row, start }) =>
          items.slice(row * columns, (row + 1) * columns).map((asset, column) => {
            const index = row * columns + column;
            return (
              <button
                key={asset.id}
                type="button"
                role="option"
                className={css.tile}
                aria-selected={asset.id === chosen}
                aria-setsize={total}
                aria-posinset={index + 1}
                data-index={index}
                tabIndex={index === Math.min(active, items.length - 1) ? 0 : -1}
                style={{ insetBlockStart: start, insetInlineStart: column * TILE }}
                onFocus={() => setActive(index)}
                onClick={() => onChoose(asset)}
              >
                <Picture moment={moment} asset={asset} />
                <span className={css.name}>{asset.path_full.split("/").at(-1)}</span>
                {asList && <span>{t(`type.${asset.type}`)}</span>}
                {asList && <span>{String(asset.meta.license ?? "")}</span>}
                {asList && <span>{bytes(asset.bytes)}</span>}
              </button>
            );
          }),
        )}
      </div>
    </div>
  );
}
