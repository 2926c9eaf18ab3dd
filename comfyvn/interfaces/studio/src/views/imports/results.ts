export type Warned = { code: string; file: string; line: number; message: string };
export type Coverage = {
  recognised: number;
  total: number;
  share: number | null;
  raw: Readonly<Record<string, number>>;
};
/** A licence that a source states, in its words (`said`). */
export type Licence = { subject: string; said: string; licence: string; file: string; credit: string };
export type Flag = { code: string; message: string; subject: string; licence: string };

/** What is in a story that was read, as the server tells it before and after it comes in. */
export type Contents = {
  engine: string;
  title: string;
  depth: "archive" | "assets" | "text" | "graph";
  coverage: Coverage;
  scenes: readonly { id: string; title: string }[];
  more: number;
  licences: readonly Licence[];
  flags: readonly Flag[];
} & Readonly<Partial<Record<"lines" | "choices" | "assets" | "asset_bytes", number>>> &
  Readonly<Partial<Record<"characters" | "worlds" | "variables" | "languages", readonly string[]>>>;

/** What an import did; of a preview only the contents and the warnings are there. */
export type Output = {
  contents: Contents;
  warnings?: readonly Warned[];
  conflicts?: readonly unknown[];
  project?: string | null;
  branch?: string;
  events?: number;
};

export const COUNTED = [
  "scenes",
  "lines",
  "choices",
  "characters",
  "worlds",
  "variables",
  "languages",
  "assets",
] as const;
export type Counted = (typeof COUNTED)[number];

/** Count what is in a story; what there is none of is left out, but for scenes and lines. */
export function counts(contents: Contents): [Counted, number][] {
  return COUNTED.map((name): [Counted, number] => {
    const value = contents[name] ?? 0;
    const count = typeof value === "number" ? value : value.length;
    return [name, name === "scenes" ? count + contents.more : count];
  }).filter(([name, count]) => count > 0 || name === "scenes" || name === "lines");
}

/** The share of the statements that became part of the model, in whole percent; never 100 where something is missing. */
export function percent({ recognised, total }: Coverage): number {
  return recognised >= total ? 100 : Math.min(99, Math.floor((100 * recognised) / total));
}
