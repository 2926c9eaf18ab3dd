import type { Change } from "./changes";

type Placed = Pick<Change, "position">;

/** Return the index of the change (newest first) after which a position lies; the oldest one for what is before it. */
export function indexAt(changes: readonly Placed[], at: number): number {
  let low = 0;
  let high = Math.max(0, changes.length - 1);
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((changes[middle] as Placed).position <= at) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Return the first of the `room` changes that are shown: as before, unless the one at `index` came near an end, so
 * that nothing moves under the pointer.
 */
export function startOf(count: number, room: number, index: number, before: number): number {
  const margin = Math.min(Math.floor(room / 4), 8);
  const latest = index - margin;
  const earliest = index - room + 1 + margin;
  return Math.max(0, Math.min(count - room, Math.max(earliest, Math.min(latest, before))));
}

/** Return how high the bar of a change with so many events is, in percent: ten times as many are one step more. */
export function heightOf(events: number): number {
  return Math.min(100, Math.round(26 + 22 * Math.log10(Math.max(1, events))));
}
