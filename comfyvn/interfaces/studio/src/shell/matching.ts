/**
 * Return the items whose name holds what was asked, the best first: at its beginning, at the beginning of a word,
 * anywhere, or its letters in order.
 */
export function matches<T>(asked: string, items: readonly T[], nameOf: (item: T) => string): T[] {
  const wanted = asked.trim().toLocaleLowerCase();
  if (!wanted) return [...items];
  const ranked: { item: T; rank: number }[] = [];
  for (const item of items) {
    const rank = rankOf(wanted, nameOf(item).toLocaleLowerCase());
    if (rank !== undefined) ranked.push({ item, rank });
  }
  return ranked.sort((one, other) => one.rank - other.rank).map(({ item }) => item);
}

function rankOf(wanted: string, name: string): number | undefined {
  const at = name.indexOf(wanted);
  if (at === 0) return 0;
  if (at > 0) return /\W/u.test(name[at - 1] ?? "") ? 1 : 2;
  let from = 0;
  for (const letter of wanted.replaceAll(" ", "")) {
    from = name.indexOf(letter, from) + 1;
    if (from === 0) return undefined;
  }
  return 3;
}
