import type { EdgeLook, Look } from "./graph";

const NAMES = [
  ..."page raised sunken line line-strong ink ink-soft ink-faint accent accent-soft".split(" "),
  ..."warm warm-soft good good-soft warn bad bad-soft focus".split(" "),
] as const;

/** Colours of the theme, as a canvas takes them. */
export type Palette = Readonly<Record<string, string>> & { readonly font: string };

export function paletteOf(element: Element): Palette {
  const style = getComputedStyle(element);
  const colours = NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]);
  return { ...Object.fromEntries(colours), font: style.getPropertyValue("--font-ui").trim() };
}

/** Colours of groups, in the order in which they come. */
export const TONES = ["accent", "warm", "focus", "warn", "good", "bad"] as const;

export const FILLS: Readonly<Record<Look, string>> = {
  scene: "line-strong",
  code: "line",
  text: "line-strong",
  choice: "accent",
  action: "warm",
  exit: "ink-faint",
};

export const STROKES: Readonly<Record<EdgeLook, string>> = {
  on: "line-strong",
  option: "accent",
  jump: "warm",
  call: "focus",
  back: "ink-faint",
};
