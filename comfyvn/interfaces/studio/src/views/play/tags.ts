/** How words of a line look. */
export type Look = {
  readonly bold?: boolean;
  readonly italic?: boolean;
  readonly underlined?: boolean;
  readonly struck?: boolean;
  readonly colour?: string;
};

/** Some words of a line that look the same; `start` counts from the beginning of the text as it is written. */
export type Run = { readonly start: number; readonly text: string; readonly look: Look };

const TOKEN = /\{\{|\[\[|\{([^{}]*)\}/g;
const LOOKS: Readonly<Record<string, keyof Look>> = { b: "bold", i: "italic", u: "underlined", s: "struck" };
const COLOUR = /^#(?:[\da-f]{3,4}|[\da-f]{6}|[\da-f]{8})$/i;

/** Return what is read of a line with text tags, in the looks that they ask for. */
export function runs(text: string): Run[] {
  const found: Run[] = [];
  const looks: Look[] = [{}];
  let at = 0;
  let hidden = 0;

  function say(start: number, words: string): void {
    if (words && hidden === 0) found.push({ start, text: words, look: looks.at(-1) ?? {} });
  }

  for (const token of text.matchAll(TOKEN)) {
    say(at, text.slice(at, token.index));
    at = token.index + token[0].length;
    const [name = "", value = ""] = (token[1] ?? "").split("=").map((part) => part.trim());
    if (token[1] === undefined) say(token.index, token[0].slice(0, 1));
    else if (name === "p") say(token.index, "\n");
    else if (name === "alt" || name === "done") hidden += 1;
    else if (name === "/alt" && hidden) hidden -= 1;
    else if (LOOKS[name]) looks.push({ ...looks.at(-1), [LOOKS[name]]: true });
    else if (name === "color")
      looks.push(COLOUR.test(value) ? { ...looks.at(-1), colour: value } : { ...looks.at(-1) });
    else if (/^\/(?:[bius]|color)$/.test(name) && looks.length > 1) looks.pop();
  }
  say(at, text.slice(at));
  return found;
}

/** Return the words of a line without its tags. */
export const plain = (text: string): string =>
  runs(text)
    .map((run) => run.text)
    .join("");

/** Return the runs of a line as far as it is shown, and those that are still to come. */
export function cut(all: readonly Run[], upTo: number): { shown: Run[]; rest: Run[] } {
  const shown: Run[] = [];
  const rest: Run[] = [];
  for (const run of all) {
    const here = Math.max(0, Math.min(run.text.length, upTo - run.start));
    if (here) shown.push({ ...run, text: run.text.slice(0, here) });
    if (here < run.text.length) rest.push({ ...run, start: run.start + here, text: run.text.slice(here) });
  }
  return { shown, rest };
}
