/** An image on the stage, as a playthrough tells it. */
export type Shown = {
  readonly tag: string;
  readonly base: string;
  readonly attributes: readonly string[];
  readonly at: readonly string[];
  readonly layer: string;
  readonly zorder: string;
  readonly expression: string;
};

/** All that is seen and heard at a moment. */
export type Stage = {
  readonly background: Shown | null;
  readonly sprites: Readonly<Record<string, Shown>>;
  readonly sounds: Readonly<Record<string, string>>;
  readonly queued: Readonly<Record<string, readonly string[]>>;
  readonly voice: string;
  readonly window: string;
};

/** A sprite with its middle, in percent of the width of the stage. */
export type Placed = { readonly sprite: Shown; readonly x: number };

const PLACES: Readonly<Record<string, number>> = {
  left: 20,
  right: 80,
  center: 50,
  truecenter: 50,
  top: 50,
  topleft: 20,
  topright: 80,
  offscreenleft: -20,
  offscreenright: 120,
};

/** Return where each sprite stands: as the story says, and where it says nothing, evenly side by side. */
export function placed(sprites: Stage["sprites"]): Placed[] {
  const all = Object.values(sprites);
  const free = all.filter((sprite) => placeOf(sprite) === undefined);
  const found = all.map((sprite) => ({
    sprite,
    x: placeOf(sprite) ?? (100 * (free.indexOf(sprite) + 1)) / (free.length + 1),
  }));
  return found.sort((one, other) => depth(one.sprite) - depth(other.sprite));
}

function placeOf({ at }: Shown): number | undefined {
  for (const word of at.toReversed()) {
    const known = PLACES[word];
    if (known !== undefined) return known;
    if (/left/i.test(word)) return 25;
    if (/right/i.test(word)) return 75;
    if (/cent(er|re)|middle/i.test(word)) return 50;
  }
  return undefined;
}

const depth = ({ zorder }: Shown): number => Number.parseFloat(zorder) || 0;

/** The name of an image as the story says it. */
export const nameOf = ({ base, attributes, expression }: Shown): string =>
  [base, ...attributes].filter(Boolean).join(" ") || expression;

/** A file in quotes, else what it is: images that have no name are often given as the path of a file. */
const QUOTED = /^\s*(["'])(.+)\1\s*$/;

/** How an image is called where its asset is asked for. */
export function imageKey(shown: Shown): string {
  const path = QUOTED.exec(shown.expression)?.[2];
  return path ? `file:${path}` : `image:${nameOf(shown)}`;
}

export const soundKey = (file: string): string =>
  file.startsWith("audio.") ? `audio:${file.slice(6)}` : `file:${file}`;

/** All names on a stage whose assets are needed to show it. */
export function namesOn({ background, sprites, sounds, queued, voice }: Stage): string[] {
  const images = [...(background ? [background] : []), ...Object.values(sprites)].map(imageKey);
  const heard = [...Object.values(sounds), ...Object.values(queued).flat(), ...(voice ? [voice] : [])];
  return [...new Set([...images, ...heard.map(soundKey)])].toSorted();
}

/** A hue that stands for a name, the same every time. */
export function hueOf(name: string): number {
  let hash = 0;
  for (const letter of name) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 360_007;
  return hash % 360;
}
