import type { Schemas } from "@/api/client";

/** A piece of text, and what became of it; the server marks words in the same way. */
export type Mark = Schemas["Mark"];
type What = Mark[0];

/** Where more words than that differ in the middle, the middle counts as one piece: comparing takes their product. */
const MOST_WORDS = 600;
const WORD = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[\p{L}\p{N}]+(?:['\u2019-][\p{L}\p{N}]+)*|\s+|./gsu;

/** Return two texts word by word: what stayed, what was taken out, what was put in. */
export function marks(before: string, after: string): Mark[] {
  const old = before.match(WORD) ?? [];
  const now = after.match(WORD) ?? [];
  const shorter = Math.min(old.length, now.length);
  let head = 0;
  while (head < shorter && old[head] === now[head]) head++;
  let tail = 0;
  while (tail < shorter - head && old.at(-1 - tail) === now.at(-1 - tail)) tail++;
  const found: Mark[] = [];
  put(found, "same", old.slice(0, head));
  between(found, old.slice(head, old.length - tail), now.slice(head, now.length - tail));
  put(found, "same", old.slice(old.length - tail));
  return found;
}

/** The longest words in common stay; the table holds how many follow from each pair of places on. */
function between(found: Mark[], old: string[], now: string[]): void {
  if (old.length > MOST_WORDS || now.length > MOST_WORDS) {
    put(found, "removed", old);
    put(found, "added", now);
    return;
  }
  const width = now.length + 1;
  const follow = new Uint16Array((old.length + 1) * width);
  const at = (i: number, j: number) => follow[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = now.length - 1; j >= 0; j--)
      follow[i * width + j] = old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  let i = 0;
  let j = 0;
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      put(found, "same", [old[i++] ?? ""]);
      j++;
    } else if (i < old.length && (j === now.length || at(i + 1, j) >= at(i, j + 1)))
      put(found, "removed", [old[i++] ?? ""]);
    else put(found, "added", [now[j++] ?? ""]);
  }
}

function put(found: Mark[], kind: What, words: readonly string[]): void {
  const text = words.join("");
  const last = found.at(-1);
  if (!text) return;
  if (last?.[0] === kind) found[found.length - 1] = [kind, last[1] + text];
  else found.push([kind, text]);
}

/** Return marks for the eye: where only blanks stay between words that changed, they changed together. */
export function smoothed(pieces: readonly Mark[]): Mark[] {
  const found: Mark[] = [];
  let went = "";
  let came = "";
  const close = () => {
    put(found, "removed", [went]);
    put(found, "added", [came]);
    went = came = "";
  };
  for (const [index, [kind, text]] of pieces.entries()) {
    const inside = index > 0 && index < pieces.length - 1;
    if (kind === "removed") went += text;
    else if (kind === "added") came += text;
    else if (inside && went && came && /^\s+$/.test(text)) {
      went += text;
      came += text;
    } else {
      close();
      put(found, "same", [text]);
    }
  }
  close();
  return found;
}

/** Which side of a comparison is shown: the text before, the one after, or both in one. */
export type Side = "before" | "after" | "both";

/** Return the pieces that a side shows. */
export function sided(pieces: readonly Mark[], side: Side): readonly Mark[] {
  const hidden = { before: "added", after: "removed", both: null }[side];
  return smoothed(pieces).filter(([kind]) => kind !== hidden);
}
