import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Button, IconButton } from "@/components/Button";
import { Field } from "@/components/Field";
import { fileOf } from "@/views/assets/queries";
import { tagOf } from "@/views/play/pictures";
import css from "./characters.module.css";
import type { PartProps } from "./Editor";
import { charactersText } from "./messages";
import { PicturePicker } from "./PicturePicker";
import { missingQuery } from "./queries";

type Props = PartProps & { shown: string; onShow: (expression: string) => void };

/** The faces of a character: each a name that the story shows them by, and a picture. */
export function Expressions({ moment, character, past, run, shown, onShow }: Props) {
  const t = charactersText();
  const { expressions = {} } = character;
  const [name, setName] = useState("");
  const [picking, setPicking] = useState<string | null>(null);
  const tag = tagOf(character);
  const asked = useQuery(missingQuery(moment)).data ?? [];
  const missing = asked
    .map((lack) => lack.name.split(/:(.*)/s)[1] ?? "")
    .filter((words) => words.startsWith(`${tag} `))
    .map((words) => words.slice(tag.length + 1))
    .filter((words) => !(words in expressions));

  function add(event: FormEvent): void {
    event.preventDefault();
    if (name.trim()) setPicking(name.trim());
  }

  return (
    <section>
      <h3>{t("expressions")}</h3>
      <ul className={css.faces}>
        {Object.entries(expressions).map(([expression, asset]) => (
          <li key={expression}>
            <button
              type="button"
              className={css.expression}
              aria-pressed={shown === expression}
              onClick={() => onShow(shown === expression ? "" : expression)}
            >
              <img src={fileOf(moment, asset, "thumbnail")} alt="" />
              <span>{expression}</span>
            </button>
            {!past && (
              <span className={css.faceDeeds}>
                <IconButton
                  small
                  icon="edit"
                  label={t("changePicture", { name: expression })}
                  onClick={() => setPicking(expression)}
                />
                <IconButton
                  small
                  icon="trash"
                  label={t("removeExpression", { name: expression })}
                  onClick={() =>
                    run("portray-expression", { key: expression, value: null, present: false }, expression)
                  }
                />
              </span>
            )}
          </li>
        ))}
        {!past &&
          missing.map((expression) => (
            <li key={expression}>
              <button
                type="button"
                className={css.expression}
                data-missing
                title={t("askedFor")}
                onClick={() => setPicking(expression)}
              >
                <span aria-hidden="true">+</span>
                <span>{expression}</span>
              </button>
            </li>
          ))}
      </ul>
      {!past && (
        <form className={css.adding} onSubmit={add}>
          <Field
            label={t("expressionName")}
            placeholder={t("expressionExample")}
            maxLength={200}
            value={name}
            onChange={({ target }) => setName(target.value)}
          />
          <Button type="submit" disabled={!name.trim()}>
            {t("choosePicture")}
          </Button>
        </form>
      )}
      {picking !== null && (
        <PicturePicker
          moment={moment}
          title={t("pictureFor", { name: picking })}
          chosen={expressions[picking]}
          onClose={() => setPicking(null)}
          onPick={(asset) => {
            run("portray-expression", { key: picking, value: asset, present: true }, picking);
            onShow(picking);
            setName("");
          }}
        />
      )}
    </section>
  );
}
