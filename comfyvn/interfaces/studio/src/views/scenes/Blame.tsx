import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useId, useRef, useState } from "react";
import { api, type Commit, type NodeDocument } from "@/api/client";
import { branchKey } from "@/api/queries";
import { ago } from "@/i18n/messages";
import { go } from "@/shell/place";
import { useEditor } from "./editor";
import { scenesText } from "./messages";
import css from "./script.module.css";

/** Its file and row, model and licence come with the history, when they are first asked for. */
const Origin = lazy(() => import("@/views/history/Origin"));

const HOVER_MS = 350;
/** What people call the fields of a row; the others say nothing to them. */
const FIELDS: Readonly<Record<string, "fieldWords" | "speaker" | "condition" | "fieldPlace">> = {
  content: "fieldWords",
  speaker: "speaker",
  conditions: "condition",
  order: "fieldPlace",
};

/** The number of a row; pointing at it tells who last changed what of it, when, and from which file; a click, all of it. */
export function Blame({ node, number }: { node: NodeDocument; number: number }) {
  const { scene } = useEditor();
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
      onClick={() => go({ view: "history", path: ["line", scene.id, node.id] })}
      onBlur={hide}
    >
      {number}
      {shown && <Told id={id} node={node} />}
    </button>
  );
}

function Told({ id, node }: { id: string; node: NodeDocument }) {
  const t = scenesText();
  const { moment, scene } = useEditor();
  const { data } = useQuery({
    queryKey: branchKey(moment, "blame", scene.id, node.id),
    queryFn: async () => {
      const { project, branch, at } = moment;
      const path = { project, branch, entity_id: scene.id };
      const query = { part: node.id, ...(at === undefined ? {} : { at }) };
      return (
        await api.GET("/api/projects/{project}/branches/{branch}/scenes/{entity_id}/blame", {
          params: { path, query },
        })
      ).data;
    },
  });
  const told = new Map<string, { commit: Commit; fields: string[] }>();
  for (const [field, commit] of Object.entries(data?.fields ?? {})) {
    const name = FIELDS[field];
    const known = told.get(commit.id) ?? { commit, fields: [] };
    told.set(commit.id, { commit, fields: name ? [...known.fields, t(name)] : known.fields });
  }
  return (
    <span className={css.blame} id={id} role="tooltip">
      {[...told.values()].map(({ commit, fields }) => (
        <span key={commit.id}>
          <strong>{commit.actor}</strong> {ago(commit.at)}
          <small>
            {[told.size > 1 ? fields.join(", ") : "", commit.message].filter(Boolean).join(" · ")}
          </small>
        </span>
      ))}
      <Suspense>
        <Origin moment={moment} scene={scene.id} node={node.id} />
      </Suspense>
      {data && <small>{t("versions", { count: data.versions.length })}</small>}
    </span>
  );
}
