import type { NodeDocument } from "@/api/client";
import { newId } from "@/api/connection";
import { type Editor, isFresh, type ScriptRow } from "./editor";
import type { Field } from "./Words";

/** Change several nodes of a scene at once, as one change. */
export function rewrite(editor: Editor, nodes: NodeDocument[]): void {
  const { scene, version } = editor;
  editor.act("save-scene", { document: { id: scene.id, nodes } as never }, { version });
}

/** Make two lines of one, where the caret stands. */
export function splitLine(editor: Editor, row: ScriptRow, { text, start, commit, drop }: Field): void {
  const nodes = editor.scene.nodes ?? [];
  const at = nodes.findIndex(({ id }) => id === row.node.id);
  if (at < 0 || isFresh(row)) {
    commit();
    return;
  }
  const id = newId();
  const first = { ...row.node, content: text.slice(0, start).trimEnd() };
  const { order: _, source: __, ...copied } = row.node;
  const second = { ...copied, id, content: text.slice(start).trimStart() };
  drop();
  rewrite(editor, nodes.toSpliced(at, 1, first, second));
  editor.focus(id, "start");
}

/** Put a line at the end of the one above, if the two stand in one block; true: done. */
export function mergeLine(editor: Editor, row: ScriptRow, { text, drop }: Field): boolean {
  const nodes = editor.scene.nodes ?? [];
  const above = editor.rows[editor.rows.findIndex(({ key }) => key === row.key) - 1];
  if (above?.kind !== "line" || isFresh(above) || (above.node.block ?? "") !== (row.node.block ?? ""))
    return false;
  const before = above.node.content ?? "";
  const content = before && text ? `${before} ${text}` : before + text;
  drop();
  rewrite(
    editor,
    nodes
      .filter(({ id }) => id !== row.node.id)
      .map((node) => (node.id === above.node.id ? { ...node, content } : node)),
  );
  editor.focus(above.key, before.length);
  return true;
}
