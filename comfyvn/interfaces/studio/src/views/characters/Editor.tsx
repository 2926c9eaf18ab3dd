import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Body, change, type Verb } from "@/api/commands";
import type { Moment } from "@/api/queries";
import { Button } from "@/components/Button";
import { Empty } from "@/components/Empty";
import { toast } from "@/components/toasts";
import { go } from "@/shell/place";
import { fileOf } from "@/views/assets/queries";
import { tagOf } from "@/views/play/pictures";
import { Colour } from "./Colour";
import css from "./characters.module.css";
import { Expressions } from "./Expressions";
import { Kept } from "./Kept";
import { Lines } from "./Lines";
import { charactersText } from "./messages";
import { PicturePicker } from "./PicturePicker";
import { Preview } from "./Preview";
import { type Character, characterQuery } from "./queries";
import { Traits } from "./Traits";

/** Changes one character; what is left out of the version is changed on whatever is there. */
export type Do = <V extends Verb<"characters">>(verb: V, body: Body<"characters", V>, label: string) => void;

export type PartProps = { moment: Moment; character: Character; past: boolean; run: Do };

/** All that is known of a character, and how they look and sound in a play. */
export function Editor({ moment, id }: { moment: Moment; id: string }) {
  const t = charactersText();
  const { data, error } = useQuery(characterQuery(moment, id));
  const [shown, setShown] = useState("");
  const [picking, setPicking] = useState(false);
  const [tried, setTried] = useState<string | null>(null);
  if (error && !data) return <Empty icon="warning" title={error.message} />;
  if (!data) return null;
  const { character, version } = data;
  const { name = "", colour, variable, image_tag, voice_tag, portrait_asset_id } = character;
  const past = moment.at !== undefined;
  const run: Do = (verb, body, label) =>
    void change(moment, "characters", id, verb, body, { version, label }).catch(() => {});

  async function remove(): Promise<void> {
    await change(moment, "characters", id, "discard-character", {}, { label: t("remove") });
    toast(t("removed", { name }));
    go({ path: [] });
  }

  return (
    <article className={css.editor}>
      <header className={css.head}>
        <button
          type="button"
          className={css.portrait}
          disabled={past}
          title={t("choosePortrait")}
          style={{ borderColor: tried ?? colour ?? "var(--line-strong)" }}
          onClick={() => setPicking(true)}
        >
          {portrait_asset_id && (
            <img src={fileOf(moment, portrait_asset_id, "thumbnail")} alt={t("portraitOf", { name })} />
          )}
          <span className={portrait_asset_id ? "visually-hidden" : undefined}>{t("choosePortrait")}</span>
        </button>
        <div className={css.named}>
          <h2 className="visually-hidden">{name}</h2>
          <Kept
            label={t("name")}
            value={name}
            readOnly={past}
            onKeep={(value) => run("rename-character", { name: value }, t("name"))}
          />
          <Colour
            colour={colour ?? null}
            readOnly={past}
            onTry={setTried}
            onKeep={(value) => run("colour-character", { colour: value }, t("colour"))}
          />
          {!past && (
            <div className={css.deeds}>
              {portrait_asset_id && (
                <Button
                  small
                  onClick={() => run("choose-portrait", { portrait_asset_id: null }, t("portrait"))}
                >
                  {t("removePortrait")}
                </Button>
              )}
              <Button small look="danger" icon="trash" onClick={() => void remove()}>
                {t("remove")}
              </Button>
            </div>
          )}
        </div>
        <Preview
          moment={moment}
          character={tried ? { ...character, colour: tried } : character}
          expression={shown}
        />
      </header>

      <div className={css.parts}>
        <Traits {...{ moment, character, past, run }} />
        <section>
          <h3>{t("inScripts")}</h3>
          <div className={css.fields}>
            <Kept
              label={t("variable")}
              hint={t("variableHint")}
              value={variable ?? ""}
              optional
              readOnly={past}
              spellCheck={false}
              onKeep={(value) => run("give-script-name", { variable: value || null }, t("variable"))}
            />
            <Kept
              label={t("imageTag")}
              hint={t("imageTagHint", { tag: tagOf(character) })}
              value={image_tag ?? ""}
              optional
              readOnly={past}
              spellCheck={false}
              onKeep={(value) => run("give-image-tag", { image_tag: value || null }, t("imageTag"))}
            />
            <Kept
              label={t("voiceTag")}
              hint={t("voiceTagHint")}
              value={voice_tag ?? ""}
              optional
              readOnly={past}
              spellCheck={false}
              onKeep={(value) => run("give-voice-tag", { voice_tag: value || null }, t("voiceTag"))}
            />
          </div>
        </section>
        <Expressions {...{ moment, character, past, run }} shown={shown} onShow={setShown} />
        <Lines moment={moment} id={id} />
      </div>
      {picking && (
        <PicturePicker
          moment={moment}
          title={t("choosePortrait")}
          chosen={portrait_asset_id ?? undefined}
          onClose={() => setPicking(false)}
          onPick={(asset) => run("choose-portrait", { portrait_asset_id: asset }, t("portrait"))}
        />
      )}
    </article>
  );
}
