import type { Schemas } from "@/api/client";

export type TimelineDocument = Schemas["TimelineDocument"];

/** A branch of the story beside the others, such as a route: steps in it are for those readers who come there. */
export type Lane = { readonly id: string; readonly name: string };

/** A scene in a timeline. `lane` is "" for what all readers come to; `missing` tells that the scene is gone. */
export type Step = {
  readonly scene: string;
  readonly title: string;
  readonly lane: string;
  readonly note: string;
  readonly missing: boolean;
};

/** Under which names a timeline keeps what it knows beyond the order: one each, so that two people seldom collide. */
export const META = {
  lanes: "groups",
  seed: "seed",
  lane: (scene: string) => `group ${scene}`,
  note: (scene: string) => `note ${scene}`,
} as const;

export function lanesOf({ meta }: Pick<TimelineDocument, "meta">): Lane[] {
  const kept = meta?.[META.lanes];
  if (!Array.isArray(kept)) return [];
  return kept.flatMap((each: unknown) => {
    const { id, name } = (each ?? {}) as Partial<Lane>;
    return typeof id === "string" && id && typeof name === "string" ? [{ id, name }] : [];
  });
}

export function seedOf({ meta }: Pick<TimelineDocument, "meta">): number {
  const kept = meta?.[META.seed];
  return typeof kept === "number" && Number.isSafeInteger(kept) && kept >= 0 ? kept : 0;
}

/** Return the steps in order; a lane that is no longer there is that of all readers. */
export function stepsOf(document: TimelineDocument, titles: ReadonlyMap<string, string>): Step[] {
  const lanes = new Set(lanesOf(document).map(({ id }) => id));
  return (document.scene_order ?? []).map((scene) => {
    const lane = document.meta?.[META.lane(scene)];
    const note = document.meta?.[META.note(scene)];
    return {
      scene,
      title: titles.get(scene) || scene,
      lane: typeof lane === "string" && lanes.has(lane) ? lane : "",
      note: typeof note === "string" ? note : "",
      missing: !titles.has(scene),
    };
  });
}

/** Return the order with a scene at a place among the others, and the scene that it then stands behind. */
export function moved(order: readonly string[], scene: string, place: number) {
  const others = order.filter((other) => other !== scene);
  const at = Math.max(0, Math.min(place, others.length));
  return {
    order: [...others.slice(0, at), scene, ...others.slice(at)],
    after: others[at - 1] ?? null,
  };
}

/**
 * Return at which place among the others something is let fall: before the first row whose middle is below `y`.
 *
 * `rows` are the middles of all rows from above, without the one that is dragged.
 */
export function placeAt(rows: readonly number[], y: number): number {
  const below = rows.findIndex((middle) => y < middle);
  return below < 0 ? rows.length : below;
}

/** Return the lane so many columns further, in the order in which they stand ("" is the first). */
export function laneBeside(lanes: readonly Lane[], lane: string, by: number): string {
  const all = ["", ...lanes.map(({ id }) => id)];
  return all[Math.max(0, Math.min(all.indexOf(lane) + by, all.length - 1))] ?? "";
}

/** Return in which order a play came to scenes, each one once. */
export function visited(items: readonly { scene?: unknown }[]): string[] {
  return [...new Set(items.flatMap(({ scene }) => (typeof scene === "string" ? [scene] : [])))];
}

const KEPT = ["name", "scene_order", "meta"] as const;

/** Read a timeline from a file. Throws Error where it holds none. */
export function readTimeline(text: string): Pick<TimelineDocument, (typeof KEPT)[number]> {
  const found: unknown = JSON.parse(text);
  const body = (found ?? {}) as Record<string, unknown>;
  const order = body.scene_order;
  if (!Array.isArray(order) || !order.every((scene) => typeof scene === "string"))
    throw new Error("scene_order");
  return Object.fromEntries(KEPT.filter((key) => key in body).map((key) => [key, body[key]]));
}
