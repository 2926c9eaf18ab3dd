import { useEffect, useRef } from "react";
import { legible } from "./colour";
import { playText } from "./messages";
import type { Looks } from "./pictures";
import css from "./play.module.css";
import type { Output, Step } from "./playing";
import { GROUND, nameFor } from "./TextBox";
import { plain } from "./tags";

type Props = { steps: readonly Step[]; looks: Looks; onBack: (steps: number) => void };

/** All that was read and picked; each of it is a way back. */
export function Log({ steps, looks, onBack }: Props) {
  const t = playText();
  const list = useRef<HTMLOListElement>(null);
  const count = steps.length;
  useEffect(() => {
    if (count) list.current?.lastElementChild?.scrollIntoView({ block: "nearest" });
  }, [count]);
  return (
    <ol ref={list} className={css.log} aria-label={t("log")}>
      {steps.flatMap(({ outputs, forced }, depth) => {
        const back = steps.length - 1 - depth;
        const told = outputs.filter(({ type }) => type === "line" || type === "menu");
        if (forced)
          return [
            // biome-ignore lint/suspicious/noArrayIndexKey: the way of a play only grows at its end
            <li key={`${depth} forced`} className={css.deed}>
              {t("forced", { name: forced })}
            </li>,
          ];
        return told.map((output) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the way of a play only grows at its end
          <li key={`${depth} ${output.type}`}>
            <button
              type="button"
              className={css.told}
              disabled={back === 0}
              title={back ? t("backTo") : undefined}
              onClick={() => onBack(back)}
            >
              <Entry output={output} looks={looks} />
            </button>
          </li>
        ));
      })}
    </ol>
  );
}

function Entry({ output, looks }: { output: Output; looks: Looks }) {
  const t = playText();
  if (output.type === "menu")
    return (
      <span className={css.deed}>{t("picked", { option: plain(output.options[output.picked] ?? "") })}</span>
    );
  if (output.type !== "line") return null;
  const character = output.speaker ? looks.cast.get(output.speaker) : undefined;
  const name = nameFor(output, character);
  return (
    <>
      {name && (
        <strong>
          <i
            className={css.dot}
            style={{ background: legible(character?.colour, GROUND) }}
            aria-hidden="true"
          />
          {name}
        </strong>
      )}
      <span>{plain(output.what)}</span>
    </>
  );
}
