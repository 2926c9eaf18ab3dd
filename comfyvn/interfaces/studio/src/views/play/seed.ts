/** A seed that nobody chose. */
export const freshSeed = (): number => Math.floor(Math.random() * 10_000);

/** Return the seed that a text means; undefined where it means none. */
export function seedOf(text: string | null): number | undefined {
  return text !== null && /^\d{1,15}$/.test(text.trim()) ? Number(text) : undefined;
}
