import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useMemo, useRef } from "react";
import { Chip } from "@/components/Chip";
import { Icon, type IconName } from "@/components/Icon";
import { locale } from "@/i18n/messages";
import { Actor } from "./Actor";
import type { Change, Kind } from "./changes";
import { grouped, type Row } from "./grouping";
import css from "./history.module.css";
import { historyText } from "./messages";

const ICONS: Readonly<Record<Kind, IconName>> = {
  do: "edit",
  import: "imports",
  merge: "branch",
  undo: "undo",
  redo: "redo",
  revert: "undo",
  restore: "history",
  system: "settings",
};
const HEIGHTS = { day: 40, session: 34, change: 50 } as const;

type Props = {
  changes: readonly Change[];
  more: boolean;
  further: () => void;
  loading: boolean;
  /** The position of the change that is open. */
  chosen?: number | undefined;
  /** The past position that is looked at. */
  at?: number | undefined;
  onChoose: (change: Change) => void;
};

/** The changes of a branch on a line of time, newest first: only those that can be seen are there. */
export function ChangeList({ changes, more, further, loading, chosen, at, onChoose }: Props) {
  const t = historyText();
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => grouped(changes), [changes]);
  const list = useVirtualizer({
    count: rows.length + (more ? 1 : 0),
    getScrollElement: () => scroller.current,
    estimateSize: (index) => HEIGHTS[rows[index]?.kind ?? "session"],
    getItemKey: (index) => rows[index]?.key ?? "more",
    overscan: 10,
  });
  const items = list.getVirtualItems();
  const end = (items.at(-1)?.index ?? 0) >= rows.length - 5;
  useEffect(() => {
    if (more && end && !loading) further();
  }, [more, end, loading, further]);

  const shown = rows.findIndex((row) => row.kind === "change" && row.change.position === chosen);
  const { scrollToIndex } = list;
  useEffect(() => {
    if (shown >= 0) scrollToIndex(shown, { align: "auto" });
  }, [shown, scrollToIndex]);

  function move(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const now = changes.findIndex(({ position }) => position === chosen);
    const next = changes[Math.max(0, Math.min(changes.length - 1, now + step))];
    if (next) onChoose(next);
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>("button[aria-current]")?.focus({ preventScroll: true }),
    );
  }

  return (
    <div
      ref={scroller}
      className={css.line}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
      tabIndex={0}
      role="group"
      aria-label={t("changes")}
      onKeyDown={move}
    >
      <ol style={{ blockSize: list.getTotalSize() }}>
        {items.map(({ key, index, start }) => (
          <li
            key={key}
            ref={list.measureElement}
            data-index={index}
            style={{ transform: `translateY(${start}px)` }}
            aria-setsize={-1}
            aria-posinset={index + 1}
          >
            <RowBox row={rows[index]} chosen={chosen} at={at} onChoose={onChoose} />
          </li>
        ))}
      </ol>
    </div>
  );
}

function RowBox({
  row,
  chosen,
  at,
  onChoose,
}: Pick<Props, "chosen" | "at" | "onChoose"> & { row: Row | undefined }) {
  const t = historyText();
  if (!row) return <p className={css.further}>{t("further")}</p>;
  if (row.kind === "day") return <h2 className={css.day}>{dayName(row.date)}</h2>;
  if (row.kind === "session") {
    const [from, to] = [time(row.from), time(row.to)];
    return (
      <p className={css.session}>
        <Actor name={row.actor} size="small" />
        <strong>{row.actor}</strong>
        <span>{from === to ? from : `${from} \u2013 ${to}`}</span>
        <span>{t("count", { count: row.count })}</span>
      </p>
    );
  }
  const { change } = row;
  const touched = change.touched.slice(0, 2);
  const past = at !== undefined && change.position > at;
  return (
    <button
      type="button"
      className={css.change}
      data-kind={change.kind}
      data-past={past ? "" : undefined}
      data-here={at === change.position ? "" : undefined}
      aria-current={change.position === chosen ? "true" : undefined}
      onClick={() => onChoose(change)}
    >
      <span className={css.knot} title={t(`does.${change.kind as Kind}`)}>
        <Icon name={ICONS[change.kind as Kind] ?? "edit"} size={13} />
      </span>
      <span className={css.name}>{change.name}</span>
      <small className={css.facts}>
        <time dateTime={change.at}>{time(change.at)}</time>
        {at === change.position && <Chip tone="warn">{t("youAreHere")}</Chip>}
        {change.kind !== "do" && <span className={css.place}>{t(`does.${change.kind as Kind}`)}</span>}
        {touched.map(({ entity, name }) => (
          <span key={entity} className={css.place}>
            {name}
          </span>
        ))}
        {change.touched.length > 2 && <span>+{change.touched.length - 2}</span>}
      </small>
    </button>
  );
}

function time(iso: string): string {
  return new Date(iso).toLocaleTimeString(locale(), { timeStyle: "short" });
}

function dayName(date: Date): string {
  const days = Math.round(
    (new Date(date.toDateString()).getTime() - new Date(new Date().toDateString()).getTime()) / 86_400_000,
  );
  const day = date.toLocaleDateString(locale(), { dateStyle: "full" });
  if (days < -1) return day;
  const near = new Intl.RelativeTimeFormat(locale(), { numeric: "auto" }).format(days, "day");
  return `${near.charAt(0).toLocaleUpperCase(locale())}${near.slice(1)} \u00b7 ${date.toLocaleDateString(locale(), { day: "numeric", month: "long" })}`;
}
