import { locale } from "./messages";

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** Write a number of bytes in the unit that fits it (powers of 1000). */
export function bytes(count: number): string {
  const power = Math.min(UNITS.length - 1, count < 1 ? 0 : Math.floor(Math.log10(count) / 3));
  const format = { style: "unit", unit: UNITS[power], maximumFractionDigits: power > 1 ? 1 : 0 } as const;
  return new Intl.NumberFormat(locale(), format).format(count / 1000 ** power);
}

/** Write how long something lasts, in seconds below two minutes, else in minutes or hours. */
export function duration(seconds: number): string {
  const [count, unit] =
    seconds < 120
      ? [Math.ceil(seconds), "second"]
      : seconds < 7200
        ? [Math.round(seconds / 60), "minute"]
        : [Math.round(seconds / 3600), "hour"];
  return new Intl.NumberFormat(locale(), {
    style: "unit",
    unit: unit as string,
    unitDisplay: "short",
  }).format(count as number);
}

/** Write how much is done in a second. */
export function rate(perSecond: number): string {
  const digits = perSecond < 10 ? 1 : 0;
  return `${new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(perSecond)}/s`;
}
