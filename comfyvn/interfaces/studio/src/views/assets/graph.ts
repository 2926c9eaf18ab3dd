import type { Lineage } from "./queries";

export type Placed = { id: string; column: number; row: number };
export type Arrow = { from: Placed; to: Placed; role: string; key: string };

/**
 * Place a lineage in columns by distance: what came before stands first, what came of it last. In a column a thing
 * stands near those that it is tied to, so that few lines cross.
 */
export function placed(lineage: Pick<Lineage, "nodes" | "edges">): { things: Placed[]; arrows: Arrow[] } {
  const columns = new Map<number, string[]>();
  for (const { id, distance } of lineage.nodes) columns.set(distance, [...(columns.get(distance) ?? []), id]);
  const order = [...columns.keys()].sort((one, other) => one - other);
  const found = new Map<string, Placed>();
  // from the thing itself outwards, each column in the middle of what it is tied to
  for (const distance of order.toSorted((one, other) => Math.abs(one) - Math.abs(other))) {
    const ids = columns.get(distance) ?? [];
    const wish = new Map(ids.map((id) => [id, middle(id, lineage.edges, found)]));
    ids
      .toSorted((one, other) => (wish.get(one) ?? 0) - (wish.get(other) ?? 0))
      .forEach((id, row) => {
        found.set(id, { id, column: order.indexOf(distance), row });
      });
  }
  const arrows = lineage.edges.flatMap(({ source, target, role, record }) => {
    const [from, to] = [found.get(source), found.get(target)];
    return from && to ? [{ from, to, role, key: `${source} ${target} ${role} ${record}` }] : [];
  });
  return { things: [...found.values()], arrows };
}

function middle(id: string, edges: Lineage["edges"], found: ReadonlyMap<string, Placed>): number {
  const rows = edges.flatMap(({ source, target }) => {
    const other = source === id ? target : target === id ? source : null;
    const place = other === null ? undefined : found.get(other);
    return place ? [place.row] : [];
  });
  return rows.length ? rows.reduce((sum, row) => sum + row, 0) / rows.length : Number.MAX_SAFE_INTEGER;
}
