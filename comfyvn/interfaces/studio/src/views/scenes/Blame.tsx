import { useQuery } from "@tanstack/react-query";
import { useId, useRef, useState } from "react";
import { api, type Commit } from "@/api/client";
import { branchKey } from "@/api/queries";
import { ago } from "@/i18n/messages";
import { useEditor } from "./editor";
import { scenesText } from "./messages";
import css from "./script.module.css";

const HOVER_MS = 350;

/** The number of a row; pointing at it tells who last changed what of it, and when. */
export function Blame({ part, number }: { part: string; number: number }) {
  const t = scenesText();
  const [shown, setShown] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const id = useId();
  const show = () => {
    timer.current = setTimeout(() => setShown(true), HOVER_MS);
  };
  const hide = () => {
    clearTimeout(timer.current);
    setShown(false);
  };
  return (
    <button
      type="button"
      className={css.number}
      aria-label={t("blame", { number })}
      aria-describedby={shown ? id : undefined}
      tabIndex={-1}
      onPointerEnter={show}
      onPointerLeave={hide}
      onClick={() => setShown(!shown)}
      onBlur={hide}
    >
      {number}
      {shown && <Told id={id} part={part} />}
    </button>
  );
}

function Told({ id, part }: { id: string; part: string }) {
  const t = scenesText();
  const { moment, scene } = useEditor();
  const { data } = useQuery({
    queryKey: branchKey(moment, "blame", scene.id, part),
    queryFn: async () => {
      const { project, branch, at } = moment;
      const path = { project, branch, entity_id: scene.id };
      const query = { part, ...(at === undefined ? {} : { at }) };
      return (
        await api.GET("/api/projects/{project}/branches/{branch}/scenes/{entity_id}/blame", {
          params: { path, query },
        })
      ).data;
    },
  });
  const told: [string, Commit][] = [];
  for (const [field, commit] of Object.entries(data?.fields ?? {})) {
    const last = told.at(-1);
    if (last && last[1].id === commit.id) last[0] += `, ${field}`;
    else told.push([field, commit]);
  }
  return (
    <span className={css.blame} id={id} role="tooltip">
      {told.map(([fields, commit]) => (
        <span key={fields}>
          <strong>{commit.actor}</strong> {ago(commit.at)}
          <small>
            {fields} · {commit.message}
          </small>
        </span>
      ))}
      {data && <small>{t("versions", { count: data.versions.length })}</small>}
    </span>
  );
}
