import { Button } from "@/components/Button";
import { timelineText } from "./messages";
import css from "./timeline.module.css";

type Props = {
  scenes: readonly { id: string; title?: string }[];
  past: boolean;
  onEnter: (scene: string) => void;
};

/** The scenes that are not in a timeline yet. */
export function Rest({ scenes, past, onEnter }: Props) {
  const t = timelineText();
  return (
    <section className={css.rest} aria-labelledby="timeline-rest">
      <h2 id="timeline-rest">{t("rest")}</h2>
      {scenes.length === 0 && <p>{t("restNone")}</p>}
      <ul>
        {scenes.map(({ id, title }) => (
          <li key={id}>
            <Button
              small
              icon="plus"
              disabled={past}
              aria-label={t("enter", { title: title || id })}
              onClick={() => onEnter(id)}
            >
              {title || id}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
