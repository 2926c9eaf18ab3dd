import { useState } from "react";
import { Chip, ChipButton } from "@/components/Chip";
import { type ScriptRow, useEditor } from "./editor";
import { scenesText } from "./messages";
import css from "./script.module.css";
import { useCheck } from "./useCheck";

type Props = { row: ScriptRow; conditions: readonly string[]; open: boolean };

/** When a row takes place: chips, or a field in which each line is a condition; all of them must hold. */
export function Conditions({ row, conditions, open }: Props) {
  const t = scenesText();
  const { readOnly, guard } = useEditor();
  if (open && !readOnly) return <Editing row={row} conditions={conditions} />;
  return (
    <div className={css.conditions}>
      {conditions.map((condition) =>
        readOnly ? (
          <Chip key={condition} tone="warm">
            {t("if")} <code>{condition}</code>
          </Chip>
        ) : (
          <ChipButton key={condition} tone="warm" onClick={() => guard(row.key)}>
            {t("if")} <code>{condition}</code>
          </ChipButton>
        ),
      )}
    </div>
  );
}

function Editing({ row, conditions }: Omit<Props, "open">) {
  const t = scenesText();
  const editor = useEditor();
  const [text, setText] = useState(conditions.join("\n"));
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  const findings = useCheck(editor.moment, lines);
  const wrong = findings.some(({ error }) => error);

  function close(save: boolean): void {
    editor.guard(null);
    editor.focus(row.key, "end");
    if (!save || wrong || lines.join("\n") === conditions.join("\n")) return;
    if (row.edge)
      editor.act("draw-edge", {
        node_id: row.node.id,
        edge: {
          ...row.edge,
          condition: lines.map((line) => (lines.length > 1 ? `(${line})` : line)).join(" and ") || null,
        },
      });
    else editor.act("guard-node", { node_id: row.node.id, conditions: lines });
  }

  return (
    <div className={css.conditions}>
      <textarea
        className={`${css.words} ${css.code}`}
        aria-label={t("conditionOf")}
        aria-invalid={wrong}
        placeholder={t("conditionPlaceholder")}
        spellCheck={false}
        rows={1}
        value={text}
        // biome-ignore lint/a11y/noAutofocus: it was asked for
        autoFocus
        onChange={({ target }) => setText(target.value)}
        onKeyDown={(event) => {
          const done = event.key === "Escape" || (event.key === "Enter" && !event.shiftKey);
          if (!done) return;
          event.preventDefault();
          event.stopPropagation();
          if (event.key === "Escape" || !wrong) close(event.key === "Enter");
        }}
        onBlur={() => close(true)}
      />
      <div role="status">
        {findings.map(({ condition, error, unknown }) => (
          <p key={condition} className={css.hint} data-wrong={error ? true : undefined}>
            {error ??
              (unknown.length ? t("unknownNames", { names: unknown.join(", ") }) : t("conditionFine"))}
          </p>
        ))}
      </div>
    </div>
  );
}
