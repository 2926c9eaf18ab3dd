import { type FormEvent, useState } from "react";
import { type Moment, useScenes } from "@/api/queries";
import { Button, IconButton } from "@/components/Button";
import { Field, Select } from "@/components/Field";
import { toastError } from "@/components/toasts";
import { playText } from "./messages";
import css from "./play.module.css";
import { begin } from "./playing";
import { Recorded } from "./Record";
import { freshSeed, seedOf } from "./seed";
import { Editor, useVariables } from "./Variables";

/** Where a play begins, with which luck and which variables; and all plays that were recorded. */
export function Start({ moment, onOpen }: { moment: Moment; onOpen: (play: string) => void }) {
  const t = playText();
  const { project, branch, at } = moment;
  const { data } = useScenes(moment);
  const scenes = data?.items.filter(({ role }) => role === "story") ?? [];
  const variables = useVariables(project, { branch, position: at ?? data?.position ?? 0 });
  const [scene, setScene] = useState("");
  const [seed, setSeed] = useState(() => String(freshSeed()));
  const [given, setGiven] = useState<Readonly<Record<string, unknown>>>({});
  const meant = seedOf(seed);

  async function play(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (meant === undefined) return;
    const title = scenes.find(({ id }) => id === scene)?.title ?? "";
    try {
      onOpen(
        await begin(project, branch, { start: scene || undefined, seed: meant, forced: given, title, at }),
      );
    } catch (error) {
      toastError(error, t("play"));
    }
  }

  return (
    <div className={css.start}>
      <h1>{t("title")}</h1>
      <form className={css.form} onSubmit={(event) => void play(event)}>
        <Select label={t("from")} value={scene} onChange={({ target }) => setScene(target.value)}>
          <option value="">{t("fromStart")}</option>
          {scenes.map(({ id, title }) => (
            <option key={id} value={id}>
              {title || id}
            </option>
          ))}
        </Select>
        <div className={css.seed}>
          <Field
            label={t("seed")}
            hint={t("seedHint")}
            wrong={meant === undefined ? t("seedWrong") : null}
            inputMode="numeric"
            value={seed}
            onChange={({ target }) => setSeed(target.value)}
          />
          <IconButton
            look="default"
            icon="dice"
            label={t("seedNew")}
            onClick={() => setSeed(String(freshSeed()))}
          />
        </div>
        {variables.some(({ constant }) => !constant) && (
          <details>
            <summary>{t("startVariables", { count: Object.keys(given).length })}</summary>
            <ul className={css.variables}>
              {variables
                .filter(({ constant }) => !constant)
                .map((variable) => (
                  <li key={variable.name}>
                    <div className={css.name}>
                      <code>{variable.name}</code>
                      {variable.name in given && (
                        <IconButton
                          small
                          icon="undo"
                          label={t("asDeclared", { name: variable.name })}
                          onClick={() => {
                            const { [variable.name]: _, ...rest } = given;
                            setGiven(rest);
                          }}
                        />
                      )}
                    </div>
                    <Editor
                      variable={variable}
                      value={variable.name in given ? given[variable.name] : variable.value}
                      onChange={(value) => setGiven({ ...given, [variable.name]: value })}
                    />
                    {variable.description && <small>{variable.description}</small>}
                  </li>
                ))}
            </ul>
          </details>
        )}
        <Button type="submit" look="primary" icon="play" disabled={!scenes.length || meant === undefined}>
          {t("play")}
        </Button>
      </form>
      <section className={css.past}>
        <h2>{t("recorded")}</h2>
        <Recorded moment={moment} onOpen={onOpen} />
      </section>
    </div>
  );
}
