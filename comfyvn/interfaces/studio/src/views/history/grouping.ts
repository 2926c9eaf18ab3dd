import type { Change } from "./changes";

/** A day of the calendar, a session (one person at work without a long pause), or a change. */
export type Row =
  | { readonly kind: "day"; readonly key: string; readonly date: Date }
  | {
      readonly kind: "session";
      readonly key: string;
      readonly actor: string;
      readonly from: string;
      readonly to: string;
      readonly count: number;
    }
  | { readonly kind: "change"; readonly key: string; readonly change: Change; readonly index: number };

const PAUSE_MS = 30 * 60_000;

/** Return changes, newest first, under headings: days of this place of the world, and in them sessions. */
export function grouped(changes: readonly Change[]): Row[] {
  const rows: Row[] = [];
  for (let start = 0; start < changes.length; ) {
    const first = changes[start] as Change;
    const end = sessionEnd(changes, start);
    const last = changes[end - 1] as Change;
    const day = dayOf(first);
    if (start === 0 || dayOf(changes[start - 1] as Change) !== day)
      rows.push({ kind: "day", key: day, date: new Date(first.at) });
    rows.push({
      kind: "session",
      key: `session ${first.id}`,
      actor: first.actor,
      from: last.at,
      to: first.at,
      count: end - start,
    });
    for (let index = start; index < end; index++) {
      const change = changes[index] as Change;
      rows.push({ kind: "change", key: change.id, change, index });
    }
    start = end;
  }
  return rows;
}

function sessionEnd(changes: readonly Change[], start: number): number {
  let end = start + 1;
  for (; end < changes.length; end++) {
    const [later, earlier] = [changes[end - 1] as Change, changes[end] as Change];
    const pause = Date.parse(later.at) - Date.parse(earlier.at);
    if (later.actor !== earlier.actor || pause > PAUSE_MS || dayOf(later) !== dayOf(earlier)) break;
  }
  return end;
}

function dayOf({ at }: Change): string {
  return new Date(at).toDateString();
}
