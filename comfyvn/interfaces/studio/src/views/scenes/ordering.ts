const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

const valid = (key: string): boolean => /^[0-9A-Za-z]*[1-9A-Za-z]$/.test(key);

/** Return an order key after `low` and before `high`, by the rules of the server; null: no key fits, or one is none. */
export function between(low: string | null, high: string | null): string | null {
  if ((low !== null && !valid(low)) || (high !== null && !valid(high))) return null;
  if (low !== null && high !== null && low >= high) return null;
  let key = "";
  let bounded = high !== null;
  for (let place = 0; ; place += 1) {
    const below = DIGITS.indexOf(low?.[place] ?? "0");
    const above = bounded ? DIGITS.indexOf(high?.[place] ?? "0") : DIGITS.length;
    const gap = above - below;
    if (gap > 1) {
      const step = (low === null) === (high === null) ? Math.floor(gap / 2) : high === null ? 1 : gap - 1;
      return key + DIGITS[below + step];
    }
    key += DIGITS[below];
    bounded &&= above === below;
  }
}

type Placed = { readonly id: string; readonly group?: string; readonly order?: string };

/** Return where a scene goes that moves one place up or down in a list; null: it is at the end, or nothing fits. */
export function placeMoved(
  scenes: readonly Placed[],
  id: string,
  step: 1 | -1,
): { group: string; order: string } | null {
  const at = scenes.findIndex((scene) => scene.id === id);
  const passed = scenes[at + step];
  if (at < 0 || !passed) return null;
  const group = passed.group ?? "";
  const beyond = scenes[at + 2 * step];
  const far = beyond && (beyond.group ?? "") === group ? (beyond.order ?? null) : null;
  const near = passed.order ?? null;
  const order = step > 0 ? between(near, far) : between(far, near);
  return order === null ? null : { group, order };
}
