import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { Moment } from "@/api/queries";
import { Button, IconButton } from "@/components/Button";
import { ChipButton } from "@/components/Chip";
import { go } from "@/shell/place";
import { plain } from "@/views/play/tags";
import css from "./characters.module.css";
import { charactersText } from "./messages";
import { linesQuery, wordsQuery } from "./queries";

/** What a character says and in which scenes, each line a link to its place. */
export function Lines({ moment, id }: { moment: Moment; id: string }) {
  const t = charactersText();
  const query = useInfiniteQuery(linesQuery(moment, id));
  const said = useQuery(wordsQuery(moment)).data?.get(id);
  const [first] = query.data?.pages ?? [];
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section>
      <h3>{t("lines")}</h3>
      {first && !first.total && <p className={css.hint}>{t("silent")}</p>}
      {said && said.lines > 0 && (
        <p className={css.hint}>{t("said", { lines: said.lines, words: said.words })}</p>
      )}
      <ul className={css.scenes} aria-label={t("scenes")}>
        {first?.scenes.map(({ scene, title, lines }) => (
          <li key={scene}>
            <ChipButton onClick={() => go({ view: "scenes", path: [scene] })}>
              {title} · {lines}
            </ChipButton>
          </li>
        ))}
      </ul>
      <ol className={css.lines}>
        {items.map(({ scene, title, node, text }, index) => (
          <li key={node}>
            {items[index - 1]?.scene !== scene && <h4>{title}</h4>}
            <div>
              <button type="button" onClick={() => go({ view: "scenes", path: [scene, node] })}>
                {plain(text)}
              </button>
              <IconButton
                small
                icon="play"
                label={t("playFrom")}
                onClick={() => go({ view: "play", path: [scene, node] })}
              />
            </div>
          </li>
        ))}
      </ol>
      {query.hasNextPage && (
        <Button disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t("more")}
        </Button>
      )}
    </section>
  );
}
