import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import { branchKey, type Moment } from "@/api/queries";
import { Button } from "@/components/Button";
import { ChipButton } from "@/components/Chip";
import { go } from "@/shell/place";
import css from "./imports.module.css";
import { importsText } from "./messages";

const PAGE = 100;

/** What a story keeps as code, by kind; each leads to its place in the script. */
export function Code({ moment }: { moment: Moment }) {
  const t = importsText();
  const [kind, setKind] = useState<string | undefined>();
  const { project, branch } = moment;
  const query = useInfiniteQuery({
    queryKey: branchKey(moment, "code", kind),
    queryFn: async ({ pageParam }) => {
      const asked = { project, branch, offset: pageParam, limit: PAGE, ...(kind ? { kind } : {}) };
      return (await api.GET("/api/code", { params: { query: asked } })).data;
    },
    initialPageParam: 0,
    placeholderData: keepPreviousData,
    getNextPageParam: (last, pages) =>
      last && last.total > pages.length * PAGE ? pages.length * PAGE : null,
  });
  const first = query.data?.pages[0];
  if (!first || !Object.keys(first.kinds).length) return null;
  return (
    <details className={css.code}>
      <summary>
        {t("code", { count: Object.values(first.kinds).reduce((sum, count) => sum + count, 0) })}
      </summary>
      <p>
        {Object.entries(first.kinds)
          .slice(0, 30)
          .map(([name, count]) => (
            <ChipButton
              key={name}
              tone={name === kind ? "accent" : undefined}
              aria-pressed={name === kind}
              onClick={() => setKind(name === kind ? undefined : name)}
            >
              {name} {count}
            </ChipButton>
          ))}
      </p>
      <ul>
        {query.data?.pages
          .flatMap((page) => page?.items ?? [])
          .map(({ scene, node, title, file, line, text }) => (
            <li key={`${scene}/${node}`}>
              <Button
                small
                onClick={() => go({ project, branch, view: "scenes", path: [scene, node], at: undefined })}
              >
                {t("show")}
              </Button>
              <code>{text.split("\n")[0]}</code>
              <small>{file ? `${file}:${line}` : title}</small>
            </li>
          ))}
      </ul>
      {query.hasNextPage && (
        <Button small onClick={() => void query.fetchNextPage()}>
          {t("more")}
        </Button>
      )}
    </details>
  );
}
