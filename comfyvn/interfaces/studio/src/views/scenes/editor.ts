import { createContext, type RefObject, useContext } from "react";
import type { EdgeDocument, NodeDocument, SceneDocument } from "@/api/client";
import type { Moment } from "@/api/queries";
import type { Row, Spot } from "./rows";
import type { useScene } from "./useScene";

/** A row that is being written and is no change yet. */
export type FreshRow = Row & { readonly fresh: true; readonly spot: Spot };
export type ScriptRow = Row | FreshRow;

export type Caret = "start" | "end" | number;
export type Person = { readonly id: string; readonly name: string; readonly colour: string | null };

/** What the rows of a script share. */
export type Editor = {
  readonly moment: Moment;
  readonly scene: SceneDocument;
  readonly version: number;
  readonly readOnly: boolean;
  readonly rows: readonly ScriptRow[];
  readonly people: ReadonlyMap<string, Person>;
  readonly titles: ReadonlyMap<string, string>;
  readonly act: ReturnType<typeof useScene>["act"];
  /** Begin a line, or leave off beginning one (null). */
  readonly begin: (row: FreshRow | null) => void;
  /** Put the caret into a row, as soon as it is there. */
  readonly focus: (key: string, caret?: Caret) => void;
  readonly wanted: RefObject<{ key: string; caret: Caret } | null>;
  /** Open the conditions of a row. */
  readonly guard: (key: string | null) => void;
  readonly guarded: string | null;
};

export const EditorContext = createContext<Editor | null>(null);

export function useEditor(): Editor {
  const editor = useContext(EditorContext);
  if (!editor) throw new Error("no script around this row");
  return editor;
}

export function freshLine(
  id: string,
  spot: Spot,
  speaker: string | null,
  depth: number,
  text = "",
): FreshRow {
  const node: NodeDocument = { id, type: "text", content: text, block: spot.block, speaker, next: [] };
  return { key: id, kind: "line", depth, node, fresh: true, spot };
}

/** A way that is added to a choice; with `spot` the choice itself is not there yet either. */
export function freshWay(node: NodeDocument, id: string, spot: Spot, depth: number): FreshRow {
  const edge: EdgeDocument = { id, text: "" };
  return { key: id, kind: "way", depth, node, edge, fresh: true, spot };
}

export const isFresh = (row: ScriptRow): row is FreshRow => "fresh" in row;

/** Put a row that is being written where it will stand. */
export function withFresh(rows: readonly Row[], fresh: FreshRow | null): readonly ScriptRow[] {
  if (!fresh || rows.some(({ key }) => key === fresh.key)) return rows;
  const { after, block } = fresh.spot;
  const anchor =
    fresh.kind === "way" && rows.some(({ key }) => key === fresh.node.id) ? fresh.node.id : after;
  let at = 0;
  if (anchor !== null) {
    const start = rows.findIndex(({ key }) => key === anchor);
    const depth = rows[start]?.depth ?? 0;
    const end = rows.findIndex((row, index) => index > start && row.depth <= depth);
    at = end < 0 ? rows.length : end;
  } else if (block) {
    at = rows.findIndex(({ key }) => key === block) + 1;
  }
  return rows.toSpliced(at, 0, fresh);
}
