import type { ReactNode } from "react";
import { Field, Select } from "@/components/Field";
import {
  FONT_SIZES,
  LANGUAGES,
  type Language,
  MOTIONS,
  type Motion,
  THEMES,
  type Theme,
  usePreferences,
} from "@/design/preferences";
import { Machine } from "@/shell/Machine";
import { Address } from "./Address";
import { settingsText } from "./messages";
import css from "./settings.module.css";

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={css.section}>
      <h2>{title}</h2>
      <div className={css.fields}>{children}</div>
    </section>
  );
}

/** How this browser shows the studio, who changes things in it, and what server it talks to. */
export default function Settings() {
  const t = settingsText();
  const { actor, theme, motion, fontSize, language, set } = usePreferences();
  return (
    <div className={css.settings}>
      <h1>{t("title")}</h1>
      <Section title={t("you")}>
        <Field
          label={t("actor")}
          hint={t("actorHint")}
          defaultValue={actor}
          maxLength={60}
          onBlur={({ target }) => set({ actor: target.value.trim() || "local" })}
        />
      </Section>
      <Section title={t("look")}>
        <Select
          label={t("theme")}
          value={theme}
          onChange={({ target }) => set({ theme: target.value as Theme })}
        >
          {THEMES.map((name) => (
            <option key={name} value={name}>
              {t(`theme.${name}`)}
            </option>
          ))}
        </Select>
        <Select
          label={t("motion")}
          value={motion}
          onChange={({ target }) => set({ motion: target.value as Motion })}
        >
          {MOTIONS.map((name) => (
            <option key={name} value={name}>
              {t(`motion.${name}`)}
            </option>
          ))}
        </Select>
        <Select
          label={t("fontSize")}
          value={fontSize}
          onChange={({ target }) => set({ fontSize: Number(target.value) })}
        >
          {FONT_SIZES.map((size) => (
            <option key={size} value={size}>
              {size} %
            </option>
          ))}
        </Select>
        <Select
          label={t("language")}
          value={language}
          onChange={({ target }) => set({ language: target.value as Language })}
        >
          {Object.entries(LANGUAGES).map(([code, name]) => (
            <option key={code} value={code} lang={code}>
              {name}
            </option>
          ))}
        </Select>
      </Section>
      <section className={css.section}>
        <h2>{t("server")}</h2>
        <Machine />
        <Address />
      </section>
    </div>
  );
}
