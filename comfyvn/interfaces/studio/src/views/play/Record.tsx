import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import { type Moment, projectQuery, queries, useScenes } from "@/api/queries";
import { Button, IconButton } from "@/components/Button";
import { Field } from "@/components/Field";
import { Menu } from "@/components/Menu";
import { toast, toastError } from "@/components/toasts";
import { Comparing } from "./Comparing";
import { playText } from "./messages";
import css from "./play.module.css";
import { type Begun, playsQuery, type Status } from "./playing";

type Props = {
  moment: Moment;
  status: Status;
  onSave: (slot: string) => void;
  onLoad: (slot: string) => void;
  onOpen: (play: string) => void;
};

/** What is kept of this playthrough: named moments, its replay against the story as it is now, and copies of it. */
export function Record({ moment, status, onSave, onLoad, onOpen }: Props) {
  const t = playText();
  const [slot, setSlot] = useState("");

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (!slot.trim()) return;
    onSave(slot.trim());
    setSlot("");
  }

  return (
    <div className={css.record}>
      <section>
        <h3>{t("replayTitle")}</h3>
        <p className={css.hint}>{t("replayHint")}</p>
        <Comparing key={status.id} moment={moment} play={status.id} />
      </section>
      <section>
        <h3>{t("slots")}</h3>
        <form className={css.slot} onSubmit={submit}>
          <Field label={t("slotName")} value={slot} onChange={({ target }) => setSlot(target.value)} />
          <Button type="submit" disabled={!slot.trim()}>
            {t("save")}
          </Button>
        </form>
        <ul className={css.plays}>
          {status.slots.map((name) => (
            <li key={name}>
              <span>{name}</span>
              <Button small onClick={() => onLoad(name)} aria-label={t("loadSlot", { name })}>
                {t("load")}
              </Button>
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h3>{t("recorded")}</h3>
        <Recorded moment={moment} current={status.id} onOpen={onOpen} />
      </section>
    </div>
  );
}

/** All playthroughs of the project, the latest first. */
export function Recorded({
  moment,
  current,
  onOpen,
}: {
  moment: Moment;
  current?: string;
  onOpen: (play: string) => void;
}) {
  const t = playText();
  const { data } = useQuery(playsQuery(moment.project));
  const plays = (data ?? []).toSorted(
    (one, other) => other.position - one.position || one.id.localeCompare(other.id),
  );
  if (data && !plays.length) return <p className={css.hint}>{t("noneRecorded")}</p>;
  return (
    <ul className={css.plays} aria-label={t("recorded")}>
      {plays.map((begun) => (
        <Row key={begun.id} moment={moment} begun={begun} current={begun.id === current} onOpen={onOpen} />
      ))}
    </ul>
  );
}

type RowProps = { moment: Moment; begun: Begun; current: boolean; onOpen: (play: string) => void };

function Row({ moment, begun, current, onOpen }: RowProps) {
  const t = playText();
  const [comparing, setComparing] = useState(false);
  const scenes = useScenes(moment).data?.items;
  const branches = useQuery(projectQuery(moment.project)).data?.branches;
  const scene = begun.start?.split(":")[0];
  const title = begun.title || scenes?.find(({ id }) => id === scene)?.title || scene || t("fromStart");
  const branch = branches?.find(({ id }) => id === begun.branch)?.name;

  async function fork(): Promise<void> {
    try {
      const params = { path: { play: begun.id }, query: { project: moment.project } };
      const { data } = await api.POST("/api/playthroughs/{play}/fork", {
        params,
        body: { title: t("copyOf", { title }) },
      });
      await queries.invalidateQueries({ queryKey: ["plays", moment.project] });
      toast(t("forked"), "good");
      if (data) onOpen(data.id);
    } catch (error) {
      toastError(error, t("fork"));
    }
  }

  return (
    <li aria-current={current ? "true" : undefined}>
      <button type="button" className={css.open} onClick={() => onOpen(begun.id)}>
        <strong>{title}</strong>
        <small>
          {t("seedOf", { seed: String(begun.seed) })}
          {branch && branch !== moment.branch && ` · ${branch}`}
        </small>
      </button>
      <Menu
        label={t("doWith", { title })}
        items={[
          { label: t("fork"), icon: "branch", onPick: () => void fork() },
          { label: t("replay"), icon: "history", onPick: () => setComparing(true) },
        ]}
      >
        {(trigger) => <IconButton icon="more" label={t("doWith", { title })} {...trigger} />}
      </Menu>
      {comparing && <Comparing moment={moment} play={begun.id} />}
    </li>
  );
}
