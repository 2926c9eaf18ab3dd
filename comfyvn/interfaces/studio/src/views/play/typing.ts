/** Some characters of a line as the stream of dialogue tells them. */
export type Piece = {
  readonly text: string;
  readonly shown: string;
  /** Characters per second; 0: at once, null: as the reader likes it, times `factor`. */
  readonly speed: number | null;
  readonly factor: number;
  /** Seconds after it. */
  readonly pause: number;
  readonly click: boolean;
};

/** Characters from `from` to `to` of a line come between two moments, in milliseconds. */
type Beat = { readonly from: number; readonly to: number; readonly begins: number; readonly ends: number };

/** What comes without a click: beats one after the other, and where they end. */
export type Stretch = { readonly beats: readonly Beat[]; readonly to: number; readonly lasts: number };

/** Return how a line comes for a reader who likes `cps` characters per second (0: at once), click by click. */
export function stretches(pieces: readonly Piece[], cps: number): Stretch[] {
  const found: Stretch[] = [];
  let beats: Beat[] = [];
  let [at, time] = [0, 0];
  for (const { text, shown, speed, factor, pause, click } of pieces) {
    const pace = (speed ?? cps) * factor;
    const ends = time + (pace > 0 ? (shown.length / pace) * 1000 : 0);
    beats.push({ from: at, to: at + text.length, begins: time, ends });
    at += text.length;
    time = ends + (cps > 0 ? pause * 1000 : 0);
    if (click) {
      found.push({ beats, to: at, lasts: time });
      beats = [];
      time = 0;
    }
  }
  if (beats.length || !found.length) found.push({ beats, to: at, lasts: time });
  return found;
}

/** Return how many characters of a line are shown after so many milliseconds of a stretch. */
export function shownAt({ beats, to, lasts }: Stretch, ms: number): number {
  if (ms >= lasts) return to;
  let upTo = beats[0]?.from ?? to;
  for (const { from, to, begins, ends } of beats) {
    if (begins > ms) break;
    const part = ends > begins ? Math.min(1, (ms - begins) / (ends - begins)) : 1;
    upTo = from + Math.floor((to - from) * part);
  }
  return upTo;
}

/** Return in how many milliseconds a line that was read goes on by itself. */
export const readingTime = (length: number, wait: number): number => wait * 1000 + length * 28;
