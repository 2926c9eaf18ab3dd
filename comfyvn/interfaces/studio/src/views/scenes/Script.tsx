import { useQuery } from "@tanstack/react-query";
import { type Moment, sceneQuery, useCharacters } from "@/api/queries";
import css from "./scenes.module.css";

type Props = { moment: Moment; id: string; line?: string | undefined };

/** The script of a scene. */
export function Script({ moment, id, line }: Props) {
  const { data } = useQuery(sceneQuery(moment, id));
  const names = new Map(useCharacters(moment).data?.items.map((character) => [character.id, character.name]));
  if (!data) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
    <article className={css.script} tabIndex={0}>
      <h2>{data.scene.title}</h2>
      {data.scene.nodes?.map((node) => (
        <p key={node.id} aria-current={node.id === line ? "true" : undefined}>
          {node.speaker && <span className={css.who}>{names.get(node.speaker) ?? node.speaker}</span>}
          {node.type === "action" ? `${node.verb} ${node.content}` : node.content}
        </p>
      ))}
    </article>
  );
}
