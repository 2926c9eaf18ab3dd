/** An option of a choice that the reader is not offered, and what its condition names. */
export type Closed = {
  readonly edge: string;
  readonly text: string;
  /** Null: it was picked before, and is offered once only. */
  readonly condition: string | null;
  readonly values: Readonly<Record<string, unknown>>;
};

type Edge = { readonly id: string; readonly text?: string | null; readonly condition?: string | null };

const NAME = /(?<!\.)\b[^\W\d]\w*/gu;

/** Return the options of a choice that are not among the offered ones, with the values that say why. */
export function closedOptions(
  edges: readonly Edge[],
  offered: readonly string[],
  variables: Readonly<Record<string, unknown>>,
): Closed[] {
  return edges
    .filter(({ id }) => !offered.includes(id))
    .map(({ id, text, condition }) => {
      const names = new Set((condition ?? "").replace(/"[^"]*"|'[^']*'/g, "").match(NAME));
      const values = Object.fromEntries(Object.entries(variables).filter(([name]) => names.has(name)));
      return { edge: id, text: text ?? "", condition: condition || null, values };
    });
}

/** A value as people read it: sets and tuples in their own brackets. */
export function shownValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(shownValue).join(", ")}]`;
  if (value && typeof value === "object") {
    const { $: kind, items } = value as { $?: string; items?: unknown[] };
    if (kind && items) {
      const [open, close] = kind === "tuple" ? ["(", ")"] : ["{", "}"];
      return `${open}${items.map(shownValue).join(", ")}${close}`;
    }
    const pairs = Object.entries(value).map(([key, item]) => `${key}: ${shownValue(item)}`);
    return `{${pairs.join(", ")}}`;
  }
  return typeof value === "string" ? `“${value}”` : String(value);
}
