import type { CSSProperties, ReactNode } from "react";
import type { Moment } from "@/api/queries";
import { fileOf } from "@/views/assets/queries";
import { legible } from "./colour";
import { playText } from "./messages";
import type { Character } from "./pictures";
import type { Line } from "./playing";
import css from "./stage.module.css";
import { cut, type Look, type Run, runs } from "./tags";

/** The ground of the text box, `--stage-box`. */
export const GROUND = [20, 22, 27] as const;

type Props = {
  line: Line;
  character: Character | undefined;
  /** Whether the one who speaks is not on the stage, so that their portrait stands beside the words. */
  aside: boolean;
  upTo: number;
  waits: boolean;
  moment: Moment;
};

/** The name of the one who speaks as it stands now; a name that is filled in while playing stays as it was met. */
export function nameFor(line: Line, character: Character | undefined): string {
  if (!line.who) return "";
  const name = character?.name;
  return name && !/[[{]/.test(name) ? name : line.who;
}

/** The words of a line as far as they have come; the rest keeps its room, so that nothing jumps. */
export function TextBox({ line, character, aside, upTo, waits, moment }: Props) {
  const t = playText();
  const { shown, rest } = cut(runs(line.what), upTo);
  const name = nameFor(line, character);
  const portrait = aside ? character?.portrait_asset_id : null;
  return (
    <div className={css.box} aria-hidden="true">
      {portrait && <img className={css.portrait} src={fileOf(moment, portrait, "thumbnail")} alt="" />}
      <div className={css.speech}>
        {name && (
          <p className={css.who} style={{ color: legible(character?.colour, GROUND) }}>
            {name}
          </p>
        )}
        <p className={css.words} data-narrated={name ? undefined : true}>
          {shown.map(styled)}
          {rest.length > 0 && <span className={css.coming}>{rest.map(styled)}</span>}
          <span className={css.mark} data-waits={waits || undefined} title={t("more")}>
            ▾
          </span>
        </p>
      </div>
    </div>
  );
}

function styled({ start, text, look }: Run): ReactNode {
  return (
    <span key={start} style={styleOf(look)}>
      {text}
    </span>
  );
}

function styleOf({ bold, italic, underlined, struck, colour }: Look): CSSProperties {
  const lines = [underlined && "underline", struck && "line-through"].filter(Boolean).join(" ");
  const seen = legible(colour, GROUND);
  return {
    ...(bold ? { fontWeight: 700 } : {}),
    ...(italic ? { fontStyle: "italic" } : {}),
    ...(lines ? { textDecoration: lines } : {}),
    ...(seen ? { color: seen } : {}),
  };
}
