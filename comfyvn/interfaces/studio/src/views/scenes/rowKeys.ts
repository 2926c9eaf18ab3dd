import type { KeyboardEvent } from "react";
import type { NodeDocument } from "@/api/client";
import { newId } from "@/api/connection";
import { pressed } from "@/shell/commands";
import { type Editor, freshLine, freshWay, isFresh, type ScriptRow } from "./editor";
import { type Spot, spotBelow, spotMoved, spotOutside } from "./rows";
import { speakerKey } from "./Speaker";
import type { Field } from "./Words";

const at = (editor: Editor, row: ScriptRow): number => editor.rows.findIndex(({ key }) => key === row.key);

/** Go to the row above or below, as far as there is one. */
export function step(editor: Editor, row: ScriptRow, by: 1 | -1, caret: "start" | "end"): boolean {
  const next = editor.rows[at(editor, row) + by];
  if (!next) return false;
  editor.focus(next.key, caret);
  return true;
}

/** Begin a line where `spot` says. */
export function beginLine(
  editor: Editor,
  spot: Spot,
  speaker: string | null,
  depth: number,
  text = "",
): void {
  const id = newId();
  editor.begin(freshLine(id, spot, speaker, depth, text));
  editor.focus(id, "end");
}

/** Begin a line below a row. */
export function lineBelow(editor: Editor, row: ScriptRow): void {
  const speaker = row.kind === "line" ? (row.node.speaker ?? null) : null;
  if (row.kind === "way" && row.edge) beginLine(editor, spotBelow(row), null, row.depth + 1);
  else beginLine(editor, spotBelow(row), speaker, row.depth);
}

/** Begin a choice below a row, with its first option; in place of a line that was begun and is empty. */
export function choiceBelow(editor: Editor, row: ScriptRow, empty = false): void {
  const spot = isFresh(row) && empty ? row.spot : spotBelow(row);
  const way = newId();
  const node: NodeDocument = { id: newId(), type: "choice", content: "", block: spot.block, next: [] };
  editor.begin(freshWay(node, way, spot, row.kind === "way" ? row.depth + 2 : row.depth + 1));
  editor.focus(way, "end");
}

/** Add an option to the choice of a row. */
export function optionBelow(editor: Editor, row: ScriptRow): void {
  const way = newId();
  editor.begin(freshWay(row.node, way, spotBelow(row), row.depth));
  editor.focus(way, "end");
}

/** Leave the block in which an empty line was begun: to the next option of its choice, or behind the choice. */
export function leaveBlock(editor: Editor, block: string): void {
  const owner = editor.rows.find(({ edge }) => edge?.id === block);
  const ways = owner?.node.next ?? [];
  const next = ways[ways.findIndex(({ id }) => id === block) + 1];
  const spot = spotOutside(editor.rows, block);
  editor.begin(null);
  if (next) editor.focus(next.id, "end");
  else if (spot) beginLine(editor, spot, null, Math.max((owner?.depth ?? 1) - 1, 0));
}

/** Remove a row and put the caret at the end of the one above. */
export function removeRow(editor: Editor, row: ScriptRow): void {
  if (!step(editor, row, -1, "end")) step(editor, row, 1, "start");
  if (isFresh(row)) editor.begin(null);
  else if (row.edge && row.node.type === "choice" && row.node.next?.length === 1)
    editor.act("remove-node", { node_id: row.node.id });
  else if (row.edge) editor.act("erase-edge", { node_id: row.node.id, edge_id: row.edge.id });
  else editor.act("remove-node", { node_id: row.node.id });
}

export function moveRow(editor: Editor, row: ScriptRow, by: 1 | -1): void {
  if (isFresh(row) || row.edge) return;
  const rows = editor.rows.filter((other) => !isFresh(other));
  const spot = spotMoved(rows, row.node, by);
  if (!spot) return;
  editor.act("move-node", { node_id: row.node.id, ...spot }, { replaces: `move ${row.node.id}` });
  editor.focus(row.key, "end");
}

/** Keys that do the same in every row; true: this one did something. */
export function commonKeys(
  event: KeyboardEvent,
  editor: Editor,
  row: ScriptRow,
  commit: () => void,
): boolean {
  if (editor.readOnly) return false;
  const by = pressed(event, "Alt+ArrowUp") ? -1 : pressed(event, "Alt+ArrowDown") ? 1 : 0;
  if (by) {
    commit();
    moveRow(editor, row, by);
  } else if (pressed(event, "Alt+Backspace")) removeRow(editor, row);
  else if (pressed(event, "Mod+I") && !isFresh(row))
    editor.guard(editor.guarded === row.key ? null : row.key);
  else if (event.key === "Escape")
    document.querySelector<HTMLElement>("[data-scene-list] [aria-current]")?.focus();
  else return false;
  return true;
}

/** Keys that go from row to row in a field. */
export function arrowKeys(
  event: KeyboardEvent,
  editor: Editor,
  row: ScriptRow,
  { text, start, end }: Field,
): boolean {
  if (event.shiftKey || event.altKey || event.ctrlKey || event.metaKey || start !== end) return false;
  const single = (event.currentTarget as HTMLElement).scrollHeight < 48;
  if (event.key === "ArrowUp" && (single || start === 0)) return step(editor, row, -1, "end");
  if (event.key === "ArrowDown" && (single || end === text.length)) return step(editor, row, 1, "end");
  return false;
}

export function toSpeaker(editor: Editor, row: ScriptRow): void {
  editor.focus(speakerKey(row.key));
}
