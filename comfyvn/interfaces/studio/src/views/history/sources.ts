import type { Schemas } from "@/api/client";

type Pending = Schemas["Pending"];
type Source = {
  readonly key: string;
  readonly name: string;
  readonly commit: Pending;
  readonly lines: Pending[];
};

/** Return waiting lines under the scene that they stand in and the change that they came with, in their order. */
export function bySource(items: readonly Pending[]): Source[] {
  const found: Source[] = [];
  for (const item of items) {
    const last = found.at(-1);
    const key = `${item.commit} ${item.entity}`;
    if (last?.key === key || (last && item.kind !== "scene" && sameLot(last.commit, item)))
      last.lines.push(item);
    else found.push({ key, name: item.name, commit: item, lines: [item] });
  }
  return found;
}

function sameLot(one: Pending, other: Pending): boolean {
  return one.commit === other.commit && one.kind === other.kind && one.name === other.name;
}
