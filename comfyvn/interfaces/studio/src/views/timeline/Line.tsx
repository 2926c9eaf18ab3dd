import { type CSSProperties, useRef, useState } from "react";
import { newId } from "@/api/connection";
import { type Moment, useScenes } from "@/api/queries";
import { Button, IconButton } from "@/components/Button";
import { Empty } from "@/components/Empty";
import { Actions } from "./Actions";
import { dragging } from "./dragging";
import { useTimeline } from "./editing";
import { timelineText } from "./messages";
import { Name } from "./Name";
import { Rest } from "./Rest";
import { type Played, Seed } from "./Seed";
import { StepRow } from "./StepRow";
import { type Lane, laneBeside, lanesOf, META, moved, type Step, stepsOf } from "./steps";
import css from "./timeline.module.css";

/** Where a step is carried to just now. */
type Carried = { scene: string; place: number; lane: string };

/** One timeline: its steps from above to below, its branch groups side by side. */
export function Line({ moment, id }: { moment: Moment; id: string }) {
  const t = timelineText();
  const { timeline, error, edit, annotate } = useTimeline(moment, id);
  const scenes = useScenes(moment).data?.items.filter(({ role }) => role === "story") ?? [];
  const [carried, setCarried] = useState<Carried | null>(null);
  const [played, setPlayed] = useState<Played | null>(null);
  const [said, setSaid] = useState("");
  const board = useRef<HTMLOListElement>(null);
  const past = moment.at !== undefined;
  if (error) return <Empty icon="warning" title={error.message} />;
  if (!timeline) return null;

  const titles = new Map(scenes.map((scene) => [scene.id, scene.title || scene.id]));
  const lanes = lanesOf(timeline);
  const steps = stepsOf(timeline, titles);
  const order = steps.map(({ scene }) => scene);
  const shown = carried ? carry(steps, carried) : steps;
  const rest = scenes.filter((scene) => !order.includes(scene.id));

  function move({ scene, title, lane }: Step, place: number, to = lane): void {
    const next = moved(order, scene, place);
    if (next.order.join("\n") !== order.join("\n")) {
      void edit("move-scene", { scene_id: scene, after: next.after }, (so) => ({
        ...so,
        scene_order: moved(so.scene_order ?? [], scene, place).order,
      }));
      setSaid(t("movedTo", { title, place: next.order.indexOf(scene) + 1, count: order.length }));
    }
    if (to !== lane) {
      void annotate(META.lane(scene), to || null);
      setSaid(t("laneNow", { title, lane: lanes.find((each) => each.id === to)?.name ?? t("everybody") }));
    }
  }

  function takeOut({ scene }: Step): void {
    void edit("withdraw-scene", { scene_id: scene }, (so) => ({
      ...so,
      scene_order: so.scene_order?.filter((other) => other !== scene) ?? [],
    }));
  }

  function enter(scene: string): void {
    void edit("enter-scene", { scene_id: scene }, (so) => ({
      ...so,
      scene_order: [...(so.scene_order ?? []), scene],
    }));
  }

  function reorder(scene_order: string[]): void {
    void edit("save-timeline", { document: { scene_order } }, (so) => ({ ...so, scene_order }));
  }

  const setLanes = (next: readonly Lane[]) => annotate(META.lanes, next.length ? next : null);

  function drag(step: Step, event: React.PointerEvent<HTMLElement>): void {
    const found = board.current;
    if (!found || past) return;
    dragging(event, found, step.scene, {
      over: (place, column) =>
        setCarried({ scene: step.scene, place, lane: lanes[column - 1]?.id ?? (column ? step.lane : "") }),
      done: (place, column) => {
        setCarried(null);
        move(step, place, column ? (lanes[column - 1]?.id ?? step.lane) : "");
      },
      left: () => setCarried(null),
    });
  }

  return (
    <section className={css.line} aria-label={timeline.name}>
      <header className={css.head}>
        <Name
          label={t("name")}
          value={timeline.name ?? ""}
          readOnly={past}
          onChange={(name) => void edit("rename-timeline", { name }, (so) => ({ ...so, name }))}
        />
        <Actions moment={moment} timeline={timeline} />
      </header>
      <Seed
        moment={moment}
        timeline={timeline}
        titles={titles}
        played={played}
        onPlayed={setPlayed}
        onKeep={(seed) => void annotate(META.seed, seed)}
        onOrder={reorder}
      >
        {!past && (
          <Button
            icon="branch"
            onClick={() =>
              void setLanes([...lanes, { id: newId(), name: t("newLane", { count: lanes.length + 1 }) }])
            }
          >
            {t("addLane")}
          </Button>
        )}
      </Seed>
      {steps.length === 0 && (
        <Empty icon="timeline" title={t("empty")}>
          <p>{t("emptyText")}</p>
          {!past && rest.length > 0 && (
            <Button look="primary" icon="plus" onClick={() => reorder(rest.map((scene) => scene.id))}>
              {t("addAll")}
            </Button>
          )}
        </Empty>
      )}
      {steps.length > 0 && (
        <div className={css.scroll} style={{ "--lanes": lanes.length + 1 } as CSSProperties}>
          <div className={css.lanes} role="group" aria-label={t("lanes")}>
            <span data-lane={0}>{t("everybody")}</span>
            {lanes.map((lane, n) => (
              <span key={lane.id} data-lane={(n % 5) + 1}>
                <Name
                  label={t("laneName")}
                  value={lane.name}
                  readOnly={past}
                  onChange={(name) =>
                    void setLanes(lanes.map((each) => (each === lane ? { ...lane, name } : each)))
                  }
                />
                {!past && (
                  <IconButton
                    small
                    icon="close"
                    label={t("removeLane", { name: lane.name })}
                    onClick={() => void setLanes(lanes.filter((each) => each !== lane))}
                  />
                )}
              </span>
            ))}
          </div>
          <ol ref={board} className={css.steps} aria-label={t("order")}>
            {shown.map((step, n) => (
              <StepRow
                key={step.scene}
                step={step}
                place={n}
                column={lanes.findIndex((lane) => lane.id === step.lane) + 1}
                carried={carried?.scene === step.scene}
                visit={played?.scenes.indexOf(step.scene)}
                past={past}
                onDrag={(event) => drag(step, event)}
                onMove={(by) => move(step, order.indexOf(step.scene) + by)}
                onLane={(by) => move(step, order.indexOf(step.scene), laneBeside(lanes, step.lane, by))}
                onNote={(note) => void annotate(META.note(step.scene), note || null)}
                onTakeOut={() => takeOut(step)}
              />
            ))}
          </ol>
          {!past && <p className={css.help}>{t("help")}</p>}
        </div>
      )}
      <Rest scenes={rest} past={past} onEnter={enter} />
      <p className="visually-hidden" aria-live="polite">
        {said}
      </p>
    </section>
  );
}

function carry(steps: readonly Step[], { scene, place, lane }: Carried): Step[] {
  const order = moved(
    steps.map((step) => step.scene),
    scene,
    place,
  ).order;
  const known = new Map(steps.map((step) => [step.scene, step]));
  return order.flatMap((each) => {
    const step = known.get(each);
    return step ? [each === scene ? { ...step, lane } : step] : [];
  });
}
