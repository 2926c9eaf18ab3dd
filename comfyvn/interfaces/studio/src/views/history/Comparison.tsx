import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Branch } from "@/api/client";
import { branchKey, historyQuery } from "@/api/queries";
import { Button } from "@/components/Button";
import { Empty } from "@/components/Empty";
import { go } from "@/shell/place";
import { attempt, type Conflict, merge, type Settled, take } from "./acts";
import { Conflicts } from "./Conflicts";
import { MergePreview } from "./MergePreview";
import { historyText } from "./messages";
import { type LineChange, Prose, type ProseChange, type SceneChange } from "./Prose";
import { SceneTiles } from "./SceneTiles";
import css from "./variants.module.css";

const SCENES = 30;
const FACES = ["prose", "map"] as const;

type Props = { of: Branch; at: number | undefined; other: string };

/** This variant and another beside each other, as prose or as a map; what to take over, and merging. */
export function Comparison({ of, at, other }: Props) {
  const t = historyText();
  const { project, branch } = of;
  const [face, setFace] = useState<(typeof FACES)[number]>("prose");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [asking, setAsking] = useState<readonly Conflict[] | null>(null);
  const [merging, setMerging] = useState(false);
  const there = useQuery(historyQuery({ project, branch: other }, { limit: 1 })).data?.items[0]?.position;
  const { data, hasNextPage, fetchNextPage, isPending, error } = useInfiniteQuery({
    queryKey: branchKey({ ...of, at }, "compare", other, there),
    queryFn: async ({ pageParam }) => {
      const query = { with: other, offset: pageParam, limit: SCENES, ...(at === undefined ? {} : { at }) };
      const params = { path: { project, branch }, query };
      return (await api.GET("/api/projects/{project}/branches/{branch}/compare/prose", { params })).data as
        | ProseChange
        | undefined;
    },
    initialPageParam: 0,
    getNextPageParam: (last, all) =>
      last && all.length * SCENES < last.total ? all.length * SCENES : undefined,
    placeholderData: (before) => before,
  });
  if (error) return <Empty icon="warning" title={error.message} />;
  const first = data?.pages[0];
  if (isPending || !first) return null;
  const prose: ProseChange = { ...first, scenes: data.pages.flatMap((page) => page?.scenes ?? []) };
  const nothing = !prose.scenes.length && !prose.others.length;
  const past = at !== undefined;
  const names = { here: branch, there: other };

  const toggle = (keys: readonly string[], on: boolean) => {
    const left = new Set(chosen);
    for (const key of keys) on ? left.add(key) : left.delete(key);
    setChosen(left);
  };
  const takeOver = async (settled: Settled = {}) => {
    const parts = [...chosen].map((key) => JSON.parse(key) as { entity: string; part: string });
    const done = await attempt(() => take(of, other, parts, settled), t("taken", { from: other }), setAsking);
    if (done) setChosen(new Set());
    return done;
  };
  const sceneTools = (scene: SceneChange) => {
    const keys = sceneKeys(scene);
    const on = keys.every((key) => chosen.has(key));
    return (
      !past && (
        <label className={css.take}>
          <input type="checkbox" checked={on} onChange={() => toggle(keys, !on)} />
          {t("takeScene")}
        </label>
      )
    );
  };
  const lineTools = (scene: SceneChange, line: LineChange) => {
    const key = partKey(`scene:${scene.scene}`, line.node);
    return (
      !past && (
        <label className={css.take} title={t("takeLine", names)}>
          <input
            type="checkbox"
            checked={chosen.has(key)}
            aria-label={t("takeLine", names)}
            onChange={({ target }) => toggle([key], target.checked)}
          />
        </label>
      )
    );
  };

  return (
    <article className={css.comparison} aria-label={t("beside", names)}>
      <header>
        <h2>
          <span>{branch}</span> <i aria-hidden="true">⇄</i> <span>{other}</span>
        </h2>
        <div className={css.faces} role="group" aria-label={t("shownAs")}>
          {FACES.map((name) => (
            <button key={name} type="button" aria-pressed={face === name} onClick={() => setFace(name)}>
              {t(`face.${name}`)}
            </button>
          ))}
        </div>
        <Button onClick={() => go({ branch: other, path: ["variants", branch], at: undefined })}>
          {t("goThere", { name: other })}
        </Button>
        {!past && (
          <Button look="primary" icon="branch" disabled={nothing} onClick={() => setMerging(true)}>
            {t("mergeInto", names)}
          </Button>
        )}
      </header>
      {nothing ? (
        <Empty icon="check" title={t("same", names)} />
      ) : face === "map" ? (
        <SceneTiles
          of={of}
          at={at}
          other={other}
          there={there}
          onOpen={(scene) => {
            setFace("prose");
            requestAnimationFrame(() =>
              requestAnimationFrame(() => document.getElementById(`scene-${scene}`)?.scrollIntoView()),
            );
          }}
        />
      ) : (
        <div className={css.prose}>
          <Prose
            prose={prose}
            columns={{ before: branch, after: other }}
            sceneTools={sceneTools}
            lineTools={lineTools}
            entityTools={({ entity, name }) =>
              !past && (
                <label className={css.take}>
                  <input
                    type="checkbox"
                    checked={chosen.has(partKey(entity, ""))}
                    aria-label={t("takeEntity", { name })}
                    onChange={({ target }) => toggle([partKey(entity, "")], target.checked)}
                  />
                </label>
              )
            }
          />
          {hasNextPage && (
            <Button onClick={() => void fetchNextPage()}>
              {t("moreScenes", { count: prose.total - prose.scenes.length })}
            </Button>
          )}
        </div>
      )}
      {chosen.size > 0 && (
        <footer className={css.basket}>
          <strong>{t("chosen", { count: chosen.size })}</strong>
          <Button look="plain" onClick={() => setChosen(new Set())}>
            {t("chooseNone")}
          </Button>
          <Button look="primary" icon="check" onClick={() => void takeOver()}>
            {t("takeOver", names)}
          </Button>
        </footer>
      )}
      {asking && (
        <Conflicts
          title={t("takeCollides")}
          text={t("mergeCollidesText", names)}
          ours={branch}
          theirs={other}
          act={t("takeOver", names)}
          conflicts={asking}
          onSettle={takeOver}
          onClose={() => setAsking(null)}
        />
      )}
      {merging && (
        <MergePreview
          of={of}
          other={other}
          onMerge={(settled) => attempt(() => merge(of, other, settled), t("merged", names))}
          onClose={() => setMerging(false)}
        />
      )}
    </article>
  );
}

const partKey = (entity: string, part: string) => JSON.stringify({ entity, part });

/** The parts of a scene that differ: its lines, and its own fields where it is new, gone or they changed. */
function sceneKeys({ scene, what, fields, lines }: SceneChange): string[] {
  const own = what !== "changed" || fields.length > 0 ? [""] : [];
  return [...own, ...lines.map(({ node }) => node)].map((part) => partKey(`scene:${scene}`, part));
}
