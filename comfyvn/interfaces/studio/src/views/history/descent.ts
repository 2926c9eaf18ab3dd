type Variant = {
  readonly id: string;
  readonly name: string;
  readonly parent?: string | null;
  readonly fork_position?: number | null;
  readonly closed?: boolean;
};
type Placed<V> = { readonly variant: V; readonly depth: number; readonly from: string | undefined };

/** Return variants as they grew: each behind the one that it grew from, and how deep; closed ones at the end. */
export function descent<V extends Variant>(variants: readonly V[]): Placed<V>[] {
  const names = new Map(variants.map(({ id, name }) => [id, name]));
  const found: Placed<V>[] = [];
  const seen = new Set<string>();
  function put(parent: string | null, depth: number): void {
    const children = variants.filter((each) => (each.parent ?? null) === parent && !each.closed);
    for (const variant of children.toSorted(
      (one, other) => (one.fork_position ?? 0) - (other.fork_position ?? 0),
    )) {
      seen.add(variant.id);
      found.push({ variant, depth, from: names.get(variant.parent ?? "") });
      put(variant.id, depth + 1);
    }
  }
  put(null, 0);
  const rest = variants.filter(({ id }) => !seen.has(id));
  return [...found, ...rest.map((variant) => ({ variant, depth: 0, from: names.get(variant.parent ?? "") }))];
}
