import { type CSSProperties, useState } from "react";
import type { Moment } from "@/api/queries";
import { Icon } from "@/components/Icon";
import { fileOf } from "@/views/assets/queries";
import { playText } from "./messages";
import { type Looks, standIn } from "./pictures";
import css from "./stage.module.css";
import { hueOf, imageKey, nameOf, placed, type Shown, type Stage } from "./staging";

type Props = { moment: Moment; stage: Stage; looks: Looks; speaker: string | null };

/** What is seen at a moment of a play: the background, and the sprites where the story places them. */
export function StageView({ moment, stage, looks, speaker }: Props) {
  const t = playText();
  const { background } = stage;
  return (
    <div className={css.scenery} role="group" aria-label={t("stage")}>
      {background && <Background key={imageKey(background)} {...{ moment, looks }} shown={background} />}
      {placed(stage.sprites).map(({ sprite, x }) => {
        const character = looks.characterOf(sprite);
        const speaks = speaker !== null && character?.id === speaker;
        return (
          <div
            key={sprite.tag}
            className={css.sprite}
            data-speaks={speaks || undefined}
            style={{ insetInlineStart: `${x}%` }}
          >
            <Sprite {...{ moment, looks }} shown={sprite} />
          </div>
        );
      })}
    </div>
  );
}

type Each = { moment: Moment; looks: Looks; shown: Shown };

function Background({ moment, looks, shown }: Each) {
  const t = playText();
  const [broken, setBroken] = useState(false);
  const asset = looks.assetOf(imageKey(shown));
  const name = nameOf(shown);
  if (asset && !broken)
    return (
      <img
        className={css.background}
        src={fileOf(moment, asset, "download")}
        alt={name}
        onError={() => setBroken(true)}
      />
    );
  const style = { "--hue": hueOf(name) } as CSSProperties;
  return (
    <div className={css.noBackground} style={style}>
      {looks.loaded && (
        <p className={css.missing} title={t("missing", { name })}>
          <Icon name="assets" size={14} />
          {name}
        </p>
      )}
    </div>
  );
}

function Sprite({ moment, looks, shown }: Each) {
  const t = playText();
  const [broken, setBroken] = useState("");
  const character = looks.characterOf(shown);
  const asset = looks.assetOf(imageKey(shown)) ?? standIn(character, shown);
  const name = nameOf(shown);
  if (asset && broken !== asset)
    return (
      <img
        key={asset}
        className={css.figure}
        src={fileOf(moment, asset, "download")}
        alt={name}
        onError={() => setBroken(asset)}
      />
    );
  if (!looks.loaded) return null;
  const style = { "--colour": character?.colour ?? "var(--stage-soft)" } as CSSProperties;
  return (
    <div className={css.noFigure} style={style} title={t("missing", { name })}>
      <svg viewBox="0 0 200 360" aria-hidden="true" focusable="false">
        <path d="M100 24c30 0 46 22 46 52 0 26-12 46-26 56v16c34 8 66 22 70 62l8 150H2l8-150c4-40 36-54 70-62v-16C66 122 54 102 54 76c0-30 16-52 46-52Z" />
      </svg>
      <p className={css.missing}>
        <Icon name="assets" size={14} />
        {name}
      </p>
    </div>
  );
}
