import { type Language, usePreferences } from "@/design/preferences";

type Values = Readonly<Record<string, string | number>>;
type Words<K extends string> = Readonly<Record<K, string>>;
export type Text<K extends string> = (key: K, values?: Values) => string;

/** A hook that gives the words of a part of the studio; `now` gives them outside of components. */
export type Messages<K extends string = string> = {
  (): Text<K>;
  now: Text<K>;
  catalogue: { en: Words<K>; de: Words<K> };
};

/**
 * Declare the words of a part of the studio in every language; a key that one lacks does not compile.
 *
 * `{name}` stands for a value; `{count|# line|# lines}` for the form that fits a number.
 */
export function messages<const E extends Words<string>>(catalogue: {
  en: E;
  de: { readonly [K in keyof E]: string };
}): Messages<keyof E & string> {
  type K = keyof E & string;
  const words: Record<"en" | "de", Words<K>> = catalogue;
  const texts = new Map<Language, Text<K>>();
  const text = (language: Language): Text<K> => {
    const known = texts.get(language);
    if (known) return known;
    const made: Text<K> = (key, values) => {
      if (language === "pseudo") return pseudo(fill(words.en[key], values, "en"));
      return fill(words[language][key], values, language);
    };
    texts.set(language, made);
    return made;
  };
  const use = () => text(usePreferences((preferences) => preferences.language));
  const now: Text<K> = (key, values) => text(usePreferences.getState().language)(key, values);
  return Object.assign(use, { now, catalogue });
}

const rules = new Map<string, Intl.PluralRules>();
const numbers = new Map<string, Intl.NumberFormat>();

/** Put values into a message. */
export function fill(message: string, values: Values | undefined, language: string): string {
  return message.replace(/\{(\w+)(?:\|([^|{}]*)\|([^{}]*))?\}/g, (whole, name: string, one, other) => {
    const value = values?.[name];
    if (value === undefined) return whole;
    const shown = typeof value === "number" ? number(value, language) : value;
    if (one === undefined) return shown;
    let rule = rules.get(language);
    if (!rule) {
      rule = new Intl.PluralRules(language);
      rules.set(language, rule);
    }
    return (rule.select(Number(value)) === "one" ? one : other).replaceAll("#", shown);
  });
}

function number(value: number, language: string): string {
  let format = numbers.get(language);
  if (!format) {
    format = new Intl.NumberFormat(language);
    numbers.set(language, format);
  }
  return format.format(value);
}

const ACCENTS: Record<string, string> = {
  a: "á",
  e: "é",
  i: "í",
  o: "ó",
  u: "ú",
  A: "Á",
  E: "É",
  I: "Í",
  O: "Ó",
  U: "Ú",
};

/** A language for tests: longer than English, and every text that is not in a catalogue stands out. */
function pseudo(text: string): string {
  const stretched = text.replace(/[aeiouAEIOU]/g, (letter) => ACCENTS[letter] ?? letter);
  return `[${stretched}${"·".repeat(Math.ceil(text.length * 0.3))}]`;
}

/** The language of dates and numbers. */
export function locale(): string {
  const { language } = usePreferences.getState();
  return language === "pseudo" ? "en" : language;
}

/** Tell when something was, near times in words. */
export function ago(iso: string, now = Date.now()): string {
  const seconds = (new Date(iso).getTime() - now) / 1000;
  const relative = new Intl.RelativeTimeFormat(locale(), { numeric: "auto", style: "short" });
  const size = Math.abs(seconds);
  if (size < 60) return relative.format(Math.round(seconds), "second");
  if (size < 3600) return relative.format(Math.round(seconds / 60), "minute");
  if (size < 86400) return relative.format(Math.round(seconds / 3600), "hour");
  if (size < 6 * 86400) return relative.format(Math.round(seconds / 86400), "day");
  return new Date(iso).toLocaleDateString(locale(), { dateStyle: "medium" });
}
