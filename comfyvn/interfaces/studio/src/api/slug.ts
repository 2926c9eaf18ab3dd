/** An id for what is made anew, of its name; another one than those that are there. */
export function slug(name: string, taken: { has: (id: string) => boolean }, otherwise = "person"): string {
  const plain =
    name
      .normalize("NFKD")
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "") || otherwise;
  let id = plain.slice(0, 60);
  for (let number = 2; taken.has(id); number += 1) id = `${plain.slice(0, 60)}-${number}`;
  return id;
}
