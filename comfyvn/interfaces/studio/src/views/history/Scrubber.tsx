import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from "react";
import type { Branch } from "@/api/client";
import { IconButton } from "@/components/Button";
import { locale } from "@/i18n/messages";
import { go } from "@/shell/place";
import { type Change, type Kind, useChanges } from "./changes";
import { historyText } from "./messages";
import { heightOf, indexAt, startOf } from "./river";
import css from "./scrubber.module.css";

const REST_MS = 90;
const BAR = 7;

/** The changes of a branch as a river of bars, the newest at its end; a handle leads to any past moment. */
export default function Scrubber({ of, at }: { of: Branch; at: number | undefined }) {
  const t = historyText();
  const { changes, more, further } = useChanges(of);
  const river = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [pointed, setPointed] = useState<number | null>(null);
  const [wanted, setWanted] = useState<number | null>(null);
  useEffect(() => {
    const found = river.current;
    if (!found) return;
    const watch = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0));
    watch.observe(found);
    return () => watch.disconnect();
  }, []);

  const here = at === undefined ? 0 : indexAt(changes, at);
  const now = wanted ?? here;
  const room = Math.max(1, Math.floor(width / BAR));
  const [from, setFrom] = useState(0);
  const start = startOf(changes.length, room, now, from);
  if (start !== from) setFrom(start);
  const to = Math.min(changes.length, from + room);
  useEffect(() => {
    if (more && (to >= changes.length - 5 || (at !== undefined && here === changes.length - 1))) further();
  }, [more, to, changes.length, at, here, further]);

  // The rest of the studio follows where the handle rests.
  useEffect(() => {
    if (wanted === null) return;
    const rest = setTimeout(() => {
      setWanted(null);
      go({ at: wanted === 0 ? undefined : changes[wanted]?.position }, { replace: at !== undefined });
    }, REST_MS);
    return () => clearTimeout(rest);
  }, [wanted, changes, at]);

  const last = changes.length - 1;
  const move = (index: number) => setWanted(Math.max(0, Math.min(last, index)));

  function key(event: KeyboardEvent): void {
    const steps: Record<string, number> = {
      ArrowLeft: now + 1,
      ArrowDown: now + 1,
      ArrowRight: now - 1,
      ArrowUp: now - 1,
      PageDown: now + 10,
      PageUp: now - 10,
      Home: last,
      End: 0,
    };
    const next = steps[event.key];
    if (next === undefined) return;
    event.preventDefault();
    move(next);
  }

  function under(event: PointerEvent): number {
    const bars = [...(river.current?.querySelectorAll<HTMLElement>("[data-bar]") ?? [])];
    const found = bars.findIndex((bar) => {
      const box = bar.getBoundingClientRect();
      return event.clientX < box.right;
    });
    return Number(bars.at(found < 0 ? -1 : found)?.dataset.bar ?? 0);
  }

  const told = changes[pointed ?? now];
  const words = (change: Change | undefined) =>
    change ? `${change.name} \u00b7 ${change.actor} \u00b7 ${moment(change.at)}` : "";
  return (
    <div className={css.scrubber}>
      <IconButton
        icon="back"
        small
        label={t("earlier")}
        disabled={now >= last}
        onClick={() => move(now + 1)}
      />
      <div
        ref={river}
        className={css.river}
        role="slider"
        tabIndex={0}
        aria-label={t("scrub")}
        aria-valuemin={-Math.max(last, 0)}
        aria-valuemax={0}
        aria-valuenow={-now}
        aria-valuetext={now === 0 && last >= 0 ? t("now") : words(changes[now])}
        onKeyDown={key}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          move(under(event));
        }}
        onPointerMove={(event) => {
          const found = under(event);
          if (event.currentTarget.hasPointerCapture(event.pointerId)) move(found);
          else setPointed(found);
        }}
        onPointerLeave={() => setPointed(null)}
      >
        {changes
          .slice(from, to)
          .map((change, offset) => (
            <span
              key={change.id}
              data-bar={from + offset}
              data-kind={change.kind}
              data-future={from + offset < now ? "" : undefined}
              data-now={from + offset === now ? "" : undefined}
              className={css.bar}
            >
              <i style={{ blockSize: `${heightOf(change.events)}%` }} />
            </span>
          ))
          .toReversed()}
      </div>
      <IconButton icon="next" small label={t("later")} disabled={now === 0} onClick={() => move(now - 1)} />
      <p className={css.told} data-pointed={pointed === null ? undefined : ""}>
        {told && <b>{pointed === null && now === 0 ? t("now") : t(`does.${told.kind as Kind}`)}</b>}
        <span>{words(told)}</span>
      </p>
    </div>
  );
}

function moment(iso: string): string {
  return new Date(iso).toLocaleString(locale(), { dateStyle: "medium", timeStyle: "short" });
}
