import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, type Schemas } from "@/api/client";
import { branchKey } from "@/api/queries";
import { IconButton } from "@/components/Button";
import { Chip } from "@/components/Chip";
import { playText } from "./messages";
import { shownValue } from "./options";
import css from "./play.module.css";
import type { Playing, Status } from "./playing";

export type Variable = Schemas["VariableShape"];

/** The declared variables of the story that a playthrough plays. */
export function useVariables(project: string, { branch, position }: Pick<Status, "branch" | "position">) {
  const { data } = useQuery({
    queryKey: branchKey({ project, branch, at: position }, "vars"),
    queryFn: async () =>
      (await api.GET("/api/vars/list", { params: { query: { project, branch, at: position } } })).data?.items,
  });
  return data ?? [];
}

type Props = {
  variables: readonly Variable[];
  playing: Playing;
  onForce: (name: string, value: unknown, reverts?: boolean) => void;
};

/** What the variables are worth at this moment; each can be given another value, and the old one again. */
export function Variables({ variables, playing, onForce }: Props) {
  const t = playText();
  const { status, before, was } = playing;
  if (!variables.length) return <p className={css.hint}>{t("noVariables")}</p>;
  return (
    <ul className={css.variables} aria-label={t("variables")}>
      {variables.map((variable) => {
        const { name, constant, description } = variable;
        const value = status.variables[name] ?? null;
        const changed = shownValue(before[name] ?? null) !== shownValue(value);
        return (
          <li key={name} data-changed={changed || undefined}>
            <div className={css.name}>
              <code title={description || undefined}>{name}</code>
              {changed && <Chip tone="accent">{t("changed")}</Chip>}
              {name in was && (
                <>
                  <Chip tone="warm">{t("overridden")}</Chip>
                  <IconButton
                    small
                    icon="undo"
                    label={t("revert", { name, value: shownValue(was[name]) })}
                    onClick={() => onForce(name, was[name], true)}
                  />
                </>
              )}
            </div>
            {constant || status.closed ? (
              <code className={css.value}>{shownValue(value)}</code>
            ) : (
              <Editor variable={variable} value={value} onChange={(next) => onForce(name, next)} />
            )}
            {description && <small>{description}</small>}
          </li>
        );
      })}
    </ul>
  );
}

type Editing = {
  variable: Pick<Variable, "name" | "type">;
  value: unknown;
  onChange: (value: unknown) => void;
};

/** A field for a value of a type; what does not fit is not taken. */
export function Editor({ variable: { name, type }, value, onChange }: Editing) {
  const t = playText();
  const text = type === "text" && typeof value === "string" ? value : JSON.stringify(value);
  const [written, setWritten] = useState(text);
  useEffect(() => setWritten(text), [text]);
  const meant = valueMeant(written, type);
  if (type === "bool")
    return (
      <label className={css.switch}>
        <input
          type="checkbox"
          aria-label={name}
          checked={value === true}
          onChange={({ target }) => onChange(target.checked)}
        />
        {String(value)}
      </label>
    );
  return (
    <input
      className={css.input}
      aria-label={name}
      aria-invalid={meant === undefined}
      title={meant === undefined ? t("unfit", { type }) : undefined}
      inputMode={type === "int" || type === "float" ? "decimal" : undefined}
      value={written}
      onChange={({ target }) => setWritten(target.value)}
      onKeyDown={(event) => {
        if (event.key === "Escape") setWritten(text);
        if (event.key === "Enter") event.currentTarget.blur();
      }}
      onBlur={() => {
        if (meant === undefined) setWritten(text);
        else if (written !== text) onChange(meant);
      }}
    />
  );
}

/** Return the value that a text means for a type; undefined where it means none. */
export function valueMeant(text: string, type: string): unknown {
  if (type === "text") return text;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return type === "any" ? text : undefined;
  }
  const fits: Record<string, boolean> = {
    bool: typeof value === "boolean",
    int: Number.isSafeInteger(value),
    float: typeof value === "number",
    list: Array.isArray(value),
    map: typeof value === "object" && value !== null && !Array.isArray(value),
    any: true,
  };
  return (fits[type] ?? true) ? value : undefined;
}
