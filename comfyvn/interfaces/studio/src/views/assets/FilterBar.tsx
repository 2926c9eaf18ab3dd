import { useEffect, useState } from "react";
import { Field, Select } from "@/components/Field";
import css from "./assets.module.css";
import { assetsText } from "./messages";
import { type Filters, TYPES } from "./queries";

const PAUSE_MS = 200;
const WRITTEN = ["text", "tag", "licence", "rating"] as const;
const LABELS = { text: "search", tag: "tag", licence: "licence", rating: "rating" } as const;

/** What narrows a list of assets; what is typed counts after a short pause. */
export function FilterBar({ filters, onChange }: { filters: Filters; onChange: (filters: Filters) => void }) {
  const t = assetsText();
  const [typed, setTyped] = useState(filters);
  useEffect(() => setTyped(filters), [filters]);
  useEffect(() => {
    if (WRITTEN.every((name) => typed[name] === filters[name])) return;
    const timer = setTimeout(() => onChange(typed), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, filters, onChange]);
  return (
    <search className={css.filters}>
      {WRITTEN.map((name) => (
        <Field
          key={name}
          type="search"
          label={t(LABELS[name])}
          value={typed[name]}
          onChange={({ target }) => setTyped({ ...typed, [name]: target.value })}
        />
      ))}
      <Select
        label={t("type")}
        value={filters.type}
        onChange={({ target }) => onChange({ ...typed, type: target.value as Filters["type"] })}
      >
        <option value="">{t("all")}</option>
        {TYPES.map((type) => (
          <option key={type} value={type}>
            {t(`type.${type}`)}
          </option>
        ))}
      </Select>
      <Select
        label={t("state")}
        value={filters.state}
        onChange={({ target }) => onChange({ ...typed, state: target.value as Filters["state"] })}
      >
        <option value="">{t("all")}</option>
        <option value="unused">{t("unused")}</option>
        <option value="missing">{t("missing")}</option>
      </Select>
    </search>
  );
}
