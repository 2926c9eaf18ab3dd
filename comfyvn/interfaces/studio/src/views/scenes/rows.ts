import type { EdgeDocument, NodeDocument, SceneDocument } from "@/api/client";

/** One row of a script: a line, a choice, a stage direction, or a way on from one of the two. */
export type Row = {
  /** The id of the node, or of the edge. */
  readonly key: string;
  readonly kind: "line" | "choice" | "action" | "way";
  readonly depth: number;
  readonly node: NodeDocument;
  readonly edge?: EdgeDocument;
};

/** Return the rows of a scene from top to bottom, blocks below the ways that own them. */
export function rowsOf(scene: SceneDocument): Row[] {
  const blocks = Map.groupBy(scene.nodes ?? [], ({ block }) => block ?? "");
  const rows: Row[] = [];
  const seen = new Set<string>();
  function walk(block: string, depth: number): void {
    if (seen.has(block)) return;
    seen.add(block);
    for (const node of blocks.get(block) ?? []) {
      rows.push({ key: node.id, kind: node.type === "text" ? "line" : node.type, depth, node });
      for (const edge of node.next ?? []) {
        const shown =
          node.type === "choice" ||
          edge.text ||
          edge.condition ||
          blocks.has(edge.id) ||
          node.verb === "branch";
        if (shown) rows.push({ key: edge.id, kind: "way", depth: depth + 1, node, edge });
        walk(edge.id, depth + 2);
      }
    }
  }
  walk("", 0);
  return rows;
}

/** Where a row is put: behind a node of a block, at the beginning of the block, or at its end. */
export type Spot = { readonly block: string; readonly after: string | null };

/** Return where a new row goes that a person asks for in a row: right below it. */
export function spotBelow(row: Row): Spot {
  if (row.edge) return { block: row.edge.id, after: null };
  return { block: row.node.block ?? "", after: row.node.id };
}

/** Return where a node goes when it moves one row up or down, into ways and out of them; null: it is at the end. */
export function spotMoved(rows: readonly Row[], node: NodeDocument, step: 1 | -1): Spot | null {
  const block = node.block ?? "";
  const own = rows.findIndex(({ key }) => key === node.id);
  const depth = rows[own]?.depth ?? 0;
  const end = rows.findIndex(({ depth: other }, index) => index > own && other <= depth);
  const siblings = (of: string) =>
    rows.filter((row) => !row.edge && (row.node.block ?? "") === of && row.key !== node.id);
  const before = (of: NodeDocument): Spot => {
    const all = siblings(of.block ?? "");
    const above = all[all.findIndex(({ key }) => key === of.id) - 1];
    return { block: of.block ?? "", after: above?.key ?? null };
  };

  if (step > 0) {
    const next = end < 0 ? undefined : rows[end];
    if (!next) return spotOutside(rows, block);
    if (next.edge)
      return ownsBlock(next.node, block) ? { block: next.edge.id, after: null } : spotOutside(rows, block);
    if ((next.node.block ?? "") !== block) return spotOutside(rows, block);
    const way = rows[end + 1];
    return way?.edge && way.node.id === next.key
      ? { block: way.edge.id, after: null }
      : { block, after: next.key };
  }
  const above = rows[own - 1];
  if (!above) return null;
  if (above.edge && above.edge.id !== block) return { block: above.edge.id, after: null };
  if (above.edge) {
    const ways = above.node.next ?? [];
    const way = ways[ways.findIndex(({ id }) => id === block) - 1];
    return way ? { block: way.id, after: siblings(way.id).at(-1)?.key ?? null } : before(above.node);
  }
  return (above.node.block ?? "") === block ? before(above.node) : spotBelow(above);
}

const ownsBlock = (node: NodeDocument, block: string): boolean =>
  (node.next ?? []).some(({ id }) => id === block);

/** Return where to write on behind the block that a row stands in; null: it stands in none. */
export function spotOutside(rows: readonly Row[], block: string): Spot | null {
  const owner = rows.find(({ edge }) => edge !== undefined && edge.id === block)?.node;
  return owner ? { block: owner.block ?? "", after: owner.id } : null;
}

/** Count words as people do: runs of letters and digits; of languages without spaces, as their rules say. */
export function countWords(texts: Iterable<string>, language = "en"): number {
  const words = new Intl.Segmenter(language, { granularity: "word" });
  let count = 0;
  for (const text of texts)
    for (const { isWordLike } of words.segment(text.replace(/\{[^}]*\}/g, ""))) if (isWordLike) count += 1;
  return count;
}

/** The words that readers can read in a scene: lines, prompts and options. */
export function wordsIn(scene: SceneDocument): string[] {
  return (scene.nodes ?? [])
    .filter(({ type }) => type !== "action")
    .flatMap(({ content, next }) => [content ?? "", ...(next ?? []).map((edge) => edge.text ?? "")]);
}
