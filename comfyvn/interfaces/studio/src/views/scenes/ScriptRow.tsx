import { type KeyboardEvent, useLayoutEffect, useRef, useState } from "react";
import type { EdgeDocument } from "@/api/client";
import { Chip } from "@/components/Chip";
import { Icon } from "@/components/Icon";
import { Actions } from "./Actions";
import { Conditions } from "./Conditions";
import { parseDirection } from "./directions";
import { isFresh, type ScriptRow as Row, useEditor } from "./editor";
import { scenesText } from "./messages";
import { pasted } from "./pasting";
import { mergeLine, splitLine } from "./rewriting";
import {
  arrowKeys,
  beginLine,
  choiceBelow,
  commonKeys,
  leaveBlock,
  lineBelow,
  optionBelow,
  removeRow,
  step,
  toSpeaker,
} from "./rowKeys";
import { Speaker } from "./Speaker";
import css from "./script.module.css";
import { type Field, Words } from "./Words";

/** One row of a script, whatever it is. */
export function ScriptRow({ row, index }: { row: Row; index: number }) {
  const editor = useEditor();
  const conditions = row.edge
    ? [row.edge.condition].filter((told): told is string => !!told)
    : (row.node.conditions ?? []);
  const guarded = editor.guarded === row.key;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only hears that its fields were left
    <div
      className={css.row}
      data-kind={row.kind}
      data-key={row.key}
      style={{ "--depth": row.depth } as React.CSSProperties}
      onBlur={({ currentTarget, relatedTarget }) => {
        const left = !currentTarget.contains(relatedTarget);
        if (left && isFresh(row) && !currentTarget.querySelector("textarea")?.value.trim())
          editor.begin(null);
      }}
    >
      <Actions row={row} index={index} />
      {row.kind === "line" && <LineRow row={row} />}
      {row.kind === "choice" && <ChoiceRow row={row} />}
      {row.kind === "way" && row.edge && <WayRow row={row} edge={row.edge} />}
      {row.kind === "action" && <ActionRow row={row} />}
      {(guarded || (conditions.length > 0 && !isBranch(row))) && (
        <Conditions row={row} conditions={conditions} open={guarded} />
      )}
    </div>
  );
}

/** Of a way that has no words its condition is shown in their place. */
const isBranch = (row: Row): boolean => row.edge !== undefined && row.node.type !== "choice";

function LineRow({ row }: { row: Row }) {
  const t = scenesText();
  const editor = useEditor();
  const { node } = row;
  const [hint, setHint] = useState(false);

  function write(text: string, version: number): void {
    const direction = parseDirection(text);
    if (isFresh(row)) {
      const place = { node_id: node.id, block: row.spot.block, after: row.spot.after };
      if (direction) editor.act("place-action", { ...place, ...direction });
      else if (text.trim()) editor.act("write-line", { ...place, text, speaker: node.speaker ?? null });
    } else
      editor.act(
        "reword-line",
        { node_id: node.id, text },
        { version, label: t("line"), replaces: `reword ${node.id}` },
      );
  }

  function key(event: KeyboardEvent<HTMLTextAreaElement>, field: Field): boolean {
    const { text, start, end, commit } = field;
    const mod = event.ctrlKey || event.metaKey;
    setHint(isFresh(row) && text.startsWith("/"));
    if (commonKeys(event, editor, row, commit)) return true;
    if (editor.readOnly) return arrowKeys(event, editor, row, field);
    if (event.key === "Enter" && mod) {
      commit();
      choiceBelow(editor, row, !text.trim());
    } else if (event.key === "Enter" && !event.shiftKey) {
      const empty = isFresh(row) && !text.trim();
      if (empty && row.node.block) leaveBlock(editor, row.node.block);
      else if (!empty && start === end && end < text.length && start > 0) splitLine(editor, row, field);
      else if (!empty) {
        commit();
        lineBelow(editor, row);
      }
    } else if (event.key === "Tab" && !event.shiftKey) {
      toSpeaker(editor, row);
    } else if (event.key === "Backspace" && start === 0 && end === 0 && !mod) {
      if (text && !isFresh(row)) return mergeLine(editor, row, field);
      if (text) return false;
      removeRow(editor, row);
    } else return arrowKeys(event, editor, row, field);
    return true;
  }

  return (
    <div className={css.line}>
      <Speaker
        row={row.key}
        speaker={node.speaker ?? (typeof node.directives?.name === "string" ? node.directives.name : null)}
        onPick={(speaker) => {
          if (isFresh(row)) editor.begin({ ...row, node: { ...node, speaker } });
          else editor.act("reattribute-line", { node_id: node.id, speaker });
        }}
      />
      <Words
        row={row.key}
        label={t("line")}
        value={node.content ?? ""}
        placeholder={t("linePlaceholder")}
        onChange={write}
        onKey={key}
        onPasteText={(text, field) => pasted(editor, row, text, field)}
      />
      {hint && <p className={css.hint}>{t("directionHint")}</p>}
    </div>
  );
}

function ChoiceRow({ row }: { row: Row }) {
  const t = scenesText();
  const editor = useEditor();
  const { node } = row;
  return (
    <div className={css.choice}>
      <Chip tone="warm">
        <Icon name="choice" size={14} />
        {t("choice")}
      </Chip>
      <Words
        row={row.key}
        label={t("prompt")}
        value={node.content ?? ""}
        placeholder={t("promptPlaceholder")}
        onChange={(text, version) =>
          editor.act(
            "reword-line",
            { node_id: node.id, text },
            { version, label: t("prompt"), replaces: `reword ${node.id}` },
          )
        }
        onKey={(event, field) => {
          if (commonKeys(event, editor, row, field.commit)) return true;
          if (event.key === "Enter" && !event.shiftKey) {
            field.commit();
            return step(editor, row, 1, "end");
          }
          return arrowKeys(event, editor, row, field);
        }}
      />
    </div>
  );
}

function WayRow({ row, edge }: { row: Row; edge: EdgeDocument }) {
  const t = scenesText();
  const editor = useEditor();
  const { node } = row;
  const target = edge.scene ? (editor.titles.get(edge.scene) ?? edge.scene) : null;

  function write(text: string, version: number): void {
    if (!text.trim() && isFresh(row)) return;
    const known = editor.rows.some(({ key, kind }) => key === node.id && kind === "choice");
    if (isFresh(row) && !known)
      editor.act("offer-choice", {
        node_id: node.id,
        options: [{ id: edge.id, text }],
        block: row.spot.block,
        after: row.spot.after,
      });
    else
      editor.act(
        "draw-edge",
        { node_id: node.id, edge: { ...edge, text } },
        { version, label: t("option"), replaces: `draw ${edge.id}` },
      );
  }

  function key(event: KeyboardEvent<HTMLTextAreaElement>, field: Field): boolean {
    const { text, start, end, commit } = field;
    const empty = !text.trim();
    if (commonKeys(event, editor, row, commit)) return true;
    if (editor.readOnly) return arrowKeys(event, editor, row, field);
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey || (empty && isFresh(row)))) {
      commit();
      const owner = editor.rows.find(({ key: other }) => other === node.id);
      if (empty && isFresh(row)) editor.begin(null);
      const spot = owner ? { block: node.block ?? "", after: node.id } : isFresh(row) ? row.spot : null;
      if (spot) beginLine(editor, spot, null, owner?.depth ?? row.depth - 1);
    } else if (event.key === "Enter" && !event.shiftKey) {
      commit();
      optionBelow(editor, row);
    } else if (event.key === "Tab" && !event.shiftKey) {
      commit();
      const first = editor.rows.find((other) => (other.node.block ?? "") === edge.id && !other.edge);
      if (first) editor.focus(first.key, "end");
      else if (!empty) lineBelow(editor, row);
    } else if (event.key === "Backspace" && empty && start === 0 && end === 0) removeRow(editor, row);
    else return arrowKeys(event, editor, row, field);
    return true;
  }

  return (
    <div className={css.way}>
      <Icon name="next" size={14} />
      {node.type === "choice" ? (
        <Words
          row={row.key}
          label={t("option")}
          value={edge.text ?? ""}
          placeholder={t("optionPlaceholder")}
          onChange={write}
          onKey={key}
        />
      ) : (
        <Focusable row={row} onEdit={() => editor.guard(row.key)}>
          <Chip tone="warm">
            {edge.condition ? t("if") : (edge.text ?? t("else"))} <code>{edge.condition}</code>
          </Chip>
        </Focusable>
      )}
      {target && <Chip tone="accent">→ {target}</Chip>}
    </div>
  );
}

function ActionRow({ row }: { row: Row }) {
  const t = scenesText();
  const editor = useEditor();
  const { node } = row;
  const [edge] = node.next ?? [];
  const [writing, setWriting] = useState(false);
  const target = edge?.scene ? (editor.titles.get(edge.scene) ?? edge.scene) : null;
  const verb = node.verb ?? "";
  if (writing)
    return (
      <div className={css.action}>
        <Chip data-verb={verb}>{verb}</Chip>
        <Words
          row={row.key}
          label={t("direction", { verb })}
          value={node.content ?? ""}
          className={css.code}
          onChange={(text, version) =>
            editor.act(
              "reword-line",
              { node_id: node.id, text },
              { version, label: verb, replaces: `reword ${node.id}` },
            )
          }
          onKey={(event, { commit, drop }) => {
            if (event.key !== "Escape" && (event.key !== "Enter" || event.shiftKey)) return false;
            if (event.key === "Escape") drop();
            else commit();
            setWriting(false);
            editor.focus(row.key);
            return true;
          }}
          onLeave={() => setWriting(false)}
        />
      </div>
    );
  return (
    <div className={css.action}>
      <Focusable
        row={row}
        onEdit={() => {
          setWriting(true);
          editor.focus(row.key, "end");
        }}
      >
        <Chip data-verb={verb}>
          <Icon name={verb === "raw" ? "warning" : "action"} size={12} />
          {verb}
        </Chip>
        <code>{(node.content ?? "").split("\n")[0]}</code>
        {target && <Chip tone="accent">→ {target}</Chip>}
      </Focusable>
    </div>
  );
}

/** What is no text but can have the focus: arrow keys go on, Enter begins a line, F2 or a click edits. */
function Focusable({ row, onEdit, children }: { row: Row; onEdit?: () => void; children: React.ReactNode }) {
  const editor = useEditor();
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    if (editor.wanted.current?.key !== row.key || !button.current) return;
    editor.wanted.current = null;
    button.current.focus();
  });
  return (
    <button
      ref={button}
      type="button"
      className={css.focusable}
      data-row={row.key}
      onClick={() => !editor.readOnly && onEdit?.()}
      onKeyDown={(event) => {
        const done =
          commonKeys(event, editor, row, () => {}) ||
          (event.key === "ArrowUp" && step(editor, row, -1, "end")) ||
          (event.key === "ArrowDown" && step(editor, row, 1, "end"));
        if (done) event.preventDefault();
        else if (editor.readOnly) return;
        else if (event.key === "F2" && onEdit) onEdit();
        else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          choiceBelow(editor, row);
        } else if (event.key === "Enter") {
          event.preventDefault();
          lineBelow(editor, row);
        } else if (event.key === "Backspace" || event.key === "Delete") {
          event.preventDefault();
          removeRow(editor, row);
        }
      }}
    >
      {children}
    </button>
  );
}
