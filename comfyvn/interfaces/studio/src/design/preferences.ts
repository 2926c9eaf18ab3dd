import { create } from "zustand";
import { persist } from "zustand/middleware";

export const THEMES = ["system", "light", "dark", "contrast"] as const;
export const MOTIONS = ["system", "full", "reduced"] as const;
export const LANGUAGES = { en: "English", de: "Deutsch" } as const;
/** Font sizes that can be chosen, in percent of the browser's own. */
export const FONT_SIZES = [90, 100, 115, 130, 150] as const;

export type Theme = (typeof THEMES)[number];
export type Motion = (typeof MOTIONS)[number];
export type Language = keyof typeof LANGUAGES | "pseudo";

type Preferences = {
  theme: Theme;
  motion: Motion;
  language: Language;
  fontSize: number;
  /** Who changes things here; goes with every command as its actor. */
  actor: string;
  narrowRail: boolean;
  set: (changes: Partial<Omit<Preferences, "set">>) => void;
};

function spoken(): Language {
  return navigator.language.toLowerCase().startsWith("de") ? "de" : "en";
}

/** What this browser remembers of how its person likes the studio. */
export const usePreferences = create<Preferences>()(
  persist(
    (set) => ({
      theme: "system",
      motion: "system",
      language: spoken(),
      fontSize: 100,
      actor: "local",
      narrowRail: false,
      set,
    }),
    { name: "comfyvn.preferences" },
  ),
);

const dark = matchMedia("(prefers-color-scheme: dark)");
const contrast = matchMedia("(prefers-contrast: more)");
const still = matchMedia("(prefers-reduced-motion: reduce)");

function apply(): void {
  const { theme, motion, language, fontSize } = usePreferences.getState();
  const root = document.documentElement;
  const systemTheme = contrast.matches ? "contrast" : dark.matches ? "dark" : "light";
  const reduced = motion === "system" ? still.matches : motion === "reduced";
  root.dataset.theme = theme === "system" ? systemTheme : theme;
  root.dataset.motion = reduced ? "reduced" : "full";
  root.lang = language === "pseudo" ? "en" : language;
  root.style.setProperty("--font-size", `${fontSize}%`);
}

/** Make the page look as the preferences say, now and after each change of them. */
export function followPreferences(): void {
  apply();
  usePreferences.subscribe(apply);
  for (const query of [dark, contrast, still]) query.addEventListener("change", apply);
}
