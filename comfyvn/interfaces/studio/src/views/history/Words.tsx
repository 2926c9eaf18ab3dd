import css from "./prose.module.css";
import { type Mark, type Side, sided } from "./wording";

/** A text with the words marked that went and that came. */
export function Words({ marks, side = "both" }: { marks: readonly Mark[]; side?: Side }) {
  return sided(marks, side).map(([kind, text], index) => {
    const key = `${index} ${kind}`;
    if (kind === "same") return <span key={key}>{text}</span>;
    return kind === "added" ? (
      <ins key={key} className={css.added}>
        {text}
      </ins>
    ) : (
      <del key={key} className={css.removed}>
        {text}
      </del>
    );
  });
}
