import { IconButton } from "@/components/Button";
import { Chip } from "@/components/Chip";
import { Icon } from "@/components/Icon";
import { Menu } from "@/components/Menu";
import { go } from "@/shell/place";
import { timelineText } from "./messages";
import { Note } from "./Note";
import type { Step } from "./steps";
import css from "./timeline.module.css";

type Props = {
  step: Step;
  place: number;
  /** Of its branch group; 0 is that of all readers. */
  column: number;
  carried: boolean;
  /** When the play that is shown comes here, from 0; -1: never; undefined: no play is shown. */
  visit: number | undefined;
  past: boolean;
  onDrag: (event: React.PointerEvent<HTMLElement>) => void;
  onMove: (by: number) => void;
  onLane: (by: number) => void;
  onNote: (note: string) => void;
  onTakeOut: () => void;
};

/** A scene of a timeline, with its place, its note, and ways to move it. */
export function StepRow(props: Props) {
  const { step, place, column, carried, visit, past } = props;
  const t = timelineText();
  const { title } = step;

  function key(event: React.KeyboardEvent): void {
    if (past || /^(INPUT|TEXTAREA)$/.test((event.target as Element).tagName)) return;
    const towards = getComputedStyle(event.currentTarget).direction === "rtl" ? -1 : 1;
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const lane = { ArrowLeft: -towards, ArrowRight: towards }[event.key];
    if (event.altKey && step) props.onMove(step);
    else if (event.altKey && lane) props.onLane(lane);
    else if (event.key === "Delete") props.onTakeOut();
    else return;
    event.preventDefault();
  }

  return (
    <li
      className={css.step}
      data-scene={step.scene}
      data-carried={carried || undefined}
      data-visited={visit === undefined ? undefined : visit >= 0}
      onKeyDown={key}
    >
      <span className={css.number}>{place + 1}</span>
      <div
        className={css.card}
        data-lane={column ? ((column - 1) % 5) + 1 : 0}
        style={{ gridColumn: column + 2 }}
      >
        {!past && (
          <button
            type="button"
            className={css.grip}
            aria-label={t("grip", { title })}
            aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown Alt+ArrowLeft Alt+ArrowRight Delete"
            onPointerDown={props.onDrag}
          >
            <Icon name="grip" />
          </button>
        )}
        <div className={css.words}>
          {step.missing ? (
            <p className={css.gone}>
              <Icon name="warning" /> {t("gone")}
            </p>
          ) : (
            <button
              type="button"
              className={css.title}
              aria-label={t("open", { title })}
              onClick={() => go({ view: "scenes", path: [step.scene] })}
            >
              {title}
            </button>
          )}
          <Note
            label={t("note", { title })}
            hint={t("notePlace")}
            value={step.note}
            readOnly={past}
            onChange={props.onNote}
          />
          {visit !== undefined && (
            <Chip {...(visit >= 0 && { tone: "good" })}>
              {visit >= 0 ? t("nth", { count: visit + 1 }) : t("notVisited")}
            </Chip>
          )}
        </div>
        {!past && (
          <Menu
            label={title}
            items={[
              { label: t("earlier"), onPick: () => props.onMove(-1) },
              { label: t("later"), onPick: () => props.onMove(1) },
              { label: t("laneBack"), icon: "back", onPick: () => props.onLane(-1) },
              { label: t("laneOn"), icon: "next", onPick: () => props.onLane(1) },
              "rule",
              { label: t("takeOut", { title }), icon: "close", onPick: props.onTakeOut },
            ]}
          >
            {(trigger) => <IconButton small icon="more" label={title} {...trigger} />}
          </Menu>
        )}
      </div>
    </li>
  );
}
