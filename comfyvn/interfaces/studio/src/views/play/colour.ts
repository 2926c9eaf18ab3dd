type Rgb = readonly [number, number, number];

/** Return a colour `#rgb` or `#rrggbb` in parts from 0 to 255; null for anything else. */
export function parts(colour: string | null | undefined): Rgb | null {
  const long = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})(?:[\da-f]{2})?$/i.exec(colour ?? "");
  const short = /^#([\da-f])([\da-f])([\da-f])[\da-f]?$/i.exec(colour ?? "");
  const [, red, green, blue] =
    long ?? short?.map((letter, index) => (index ? letter + letter : letter)) ?? [];
  if (!red || !green || !blue) return null;
  return [Number.parseInt(red, 16), Number.parseInt(green, 16), Number.parseInt(blue, 16)];
}

function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Return the contrast of two colours, from 1 to 21. */
export function contrast(one: Rgb, other: Rgb): number {
  const [light, dark] = [luminance(one), luminance(other)].toSorted((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** Return a colour that can be read on a dark ground, as near to the wanted one as that can be. */
export function legible(colour: string | null | undefined, ground: Rgb, wanted = 5): string | undefined {
  const found = parts(colour);
  if (!found) return undefined;
  for (let white = 0; white <= 1; white += 0.05) {
    const mixed = found.map((part) => Math.round(part + (255 - part) * white)) as unknown as Rgb;
    if (contrast(mixed, ground) >= wanted) return `rgb(${mixed.join(" ")})`;
  }
  return "rgb(255 255 255)";
}
