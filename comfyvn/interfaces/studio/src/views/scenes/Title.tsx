import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { whileEditing } from "@/api/editing";
import { useEditor } from "./editor";
import { scenesText } from "./messages";
import { beginLine } from "./rowKeys";
import css from "./script.module.css";

/** What stands for the title in addresses and where the caret goes. */
const TITLE = "title";

/** The title of the scene, and whatever else is worth knowing of it at its top. */
export function Title() {
  const t = scenesText();
  const editor = useEditor();
  const { scene, version, readOnly, act, titles, rows, focus, wanted } = editor;
  const field = useRef<HTMLInputElement>(null);
  const [draft, setDraft] = useState<{ title: string; version: number } | null>(null);
  const commit = () => {
    const title = draft?.title.trim();
    setDraft(null);
    if (draft && title && title !== scene.title)
      act("retitle-scene", { title }, { version: draft.version, label: t("sceneTitle") });
  };
  const latest = useRef(commit);
  latest.current = commit;
  useLayoutEffect(() => {
    if (wanted.current?.key !== TITLE) return;
    wanted.current = null;
    field.current?.focus();
    field.current?.select();
  });
  useEffect(() => whileEditing(() => latest.current()), []);
  return (
    <header className={css.title}>
      <input
        ref={field}
        aria-label={t("sceneTitle")}
        value={draft?.title ?? scene.title ?? ""}
        readOnly={readOnly}
        maxLength={200}
        onChange={({ target }) => setDraft({ title: target.value, version: draft?.version ?? version })}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key !== "Enter" && event.key !== "ArrowDown") return;
          event.preventDefault();
          commit();
          if (rows[0]) focus(rows[0].key, "end");
          else if (!readOnly) beginLine(editor, { block: "", after: null }, null, 0);
        }}
      />
      <p>
        {scene.label && <code>{scene.label}</code>}
        {scene.falls_to && (
          <span>{t("fallsTo", { scene: titles.get(scene.falls_to) ?? scene.falls_to })}</span>
        )}
      </p>
    </header>
  );
}
