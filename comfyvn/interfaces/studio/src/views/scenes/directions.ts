/** What the story can be told to do in a line that begins with a slash. */
export const VERBS = [
  "scene",
  "show",
  "hide",
  "with",
  "play",
  "queue",
  "stop",
  "voice",
  "pause",
  "window",
  "nvl",
  "camera",
  "set",
  "return",
  "label",
  "comment",
] as const;

/** Read "/show ines happy" as a stage direction; null where it is none. */
export function parseDirection(text: string): { verb: string; content: string } | null {
  const [, verb = "", content = ""] = /^\/(\w+)[ \t]*([\s\S]*)$/.exec(text.trim()) ?? [];
  return (VERBS as readonly string[]).includes(verb) ? { verb, content } : null;
}
