import { useQuery } from "@tanstack/react-query";
import { sceneQuery } from "@/api/queries";
import { useLiking } from "./liking";
import { playText } from "./messages";
import { type Closed, closedOptions, shownValue } from "./options";
import type { Status } from "./playing";
import css from "./stage.module.css";
import { plain } from "./tags";

type Props = { project: string; status: Status; caption: string; onChoose: (edge: string) => void };

/** The options that wait for the reader; on wish also those that are closed, with the reason. */
export function Choices({ project, status, caption, onChoose }: Props) {
  const t = playText();
  const closed = useClosed(project, status);
  if (!status.menu) return null;
  return (
    <div className={css.choices} role="group" aria-label={caption || t("choices")}>
      {caption && <p className={css.caption}>{caption}</p>}
      <ol>
        {status.menu.options.map(({ edge, text }, index) => (
          <li key={edge}>
            <button type="button" data-choice onClick={() => onChoose(edge)}>
              {index < 9 && <kbd>{index + 1}</kbd>}
              <span>{plain(text)}</span>
            </button>
          </li>
        ))}
        {closed.map(({ edge, text, condition, values }) => (
          <li key={edge} className={css.closed}>
            <span>{plain(text)}</span>
            <small>
              {condition === null ? t("closedOnce") : t("closedIf", { condition })}
              {Object.entries(values).map(([name, value]) => ` · ${name}: ${shownValue(value)}`)}
            </small>
          </li>
        ))}
      </ol>
    </div>
  );
}

function useClosed(project: string, { branch, position, scene, node, menu, variables }: Status): Closed[] {
  const wanted = useLiking(({ closed }) => closed) && menu !== null;
  const { data } = useQuery({
    ...sceneQuery({ project, branch, at: position }, scene),
    enabled: wanted,
  });
  const choice = data?.scene.nodes?.find(({ id }) => id === node);
  if (!wanted || !menu || choice?.type !== "choice") return [];
  const offered = menu.options.map(({ edge }) => edge);
  return closedOptions(choice.next ?? [], offered, variables);
}
