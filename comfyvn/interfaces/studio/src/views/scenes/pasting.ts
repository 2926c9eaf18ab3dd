import type { NodeDocument } from "@/api/client";
import { newId } from "@/api/connection";
import { type Editor, isFresh, type ScriptRow } from "./editor";
import { rewrite } from "./rewriting";
import type { Field } from "./Words";

/** Read pasted text line by line; "Name: words" is said by the character of that name. */
export function readLines(
  text: string,
  people: Iterable<{ id: string; name: string }>,
): { speaker: string | null; content: string }[] {
  const named = new Map([...people].map(({ id, name }) => [name.toLocaleLowerCase(), id]));
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => {
      const [, name = "", words = ""] = /^([^:]{1,60}):\s*(.+)$/.exec(line) ?? [];
      const speaker = named.get(name.trim().toLocaleLowerCase());
      return speaker ? { speaker, content: words } : { speaker: null, content: line };
    });
}

/** Make lines of several pasted ones, as one change; true: done. A single one goes into the line that is there. */
export function pasted(editor: Editor, row: ScriptRow, text: string, { commit }: Field): boolean {
  const lines = readLines(text, editor.people.values());
  if (lines.length < 2 || editor.readOnly) return false;
  commit();
  const nodes = editor.scene.nodes ?? [];
  const made = lines.map(
    (line): NodeDocument => ({ id: newId(), type: "text", block: row.node.block ?? "", next: [], ...line }),
  );
  const anchor = isFresh(row) ? row.spot.after : row.node.id;
  const at = nodes.findIndex(({ id }) => id === anchor);
  rewrite(editor, nodes.toSpliced(at < 0 ? nodes.length : at + 1, 0, ...made));
  const last = made.at(-1);
  if (isFresh(row)) editor.begin(null);
  if (last) editor.focus(last.id, "end");
  return true;
}
