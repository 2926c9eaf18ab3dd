import { type FormEvent, useState } from "react";
import { Button, IconButton } from "@/components/Button";
import { Field } from "@/components/Field";
import css from "./characters.module.css";
import type { PartProps } from "./Editor";
import { Kept } from "./Kept";
import { charactersText } from "./messages";

/** What is told of a character, each thing under a name. */
export function Traits({ character: { traits = {} }, past, run }: PartProps) {
  const t = charactersText();
  const [key, setKey] = useState("");
  const [value, setValue] = useState("");

  function add(event: FormEvent): void {
    event.preventDefault();
    if (!key.trim() || !value.trim()) return;
    run("describe-trait", { key: key.trim(), value: value.trim(), present: true }, t("trait"));
    setKey("");
    setValue("");
  }

  return (
    <section>
      <h3>{t("traits")}</h3>
      <ul className={css.traits}>
        {Object.entries(traits).map(([name, told]) => (
          <li key={name}>
            <Kept
              label={name}
              value={typeof told === "string" ? told : JSON.stringify(told)}
              readOnly={past || typeof told !== "string"}
              maxLength={4000}
              onKeep={(text) => run("describe-trait", { key: name, value: text, present: true }, name)}
            />
            {!past && (
              <IconButton
                icon="trash"
                label={t("removeTrait", { name })}
                onClick={() => run("describe-trait", { key: name, value: null, present: false }, name)}
              />
            )}
          </li>
        ))}
      </ul>
      {!past && (
        <form className={css.adding} onSubmit={add}>
          <Field
            label={t("traitName")}
            placeholder={t("traitExample")}
            maxLength={200}
            value={key}
            onChange={({ target }) => setKey(target.value)}
          />
          <Field
            label={t("traitValue")}
            maxLength={4000}
            value={value}
            onChange={({ target }) => setValue(target.value)}
          />
          <Button type="submit" disabled={!key.trim() || !value.trim()}>
            {t("addTrait")}
          </Button>
        </form>
      )}
    </section>
  );
}
