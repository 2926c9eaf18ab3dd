import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Branch } from "@/api/client";
import { changeQuery } from "@/api/queries";
import { Button, IconButton } from "@/components/Button";
import { Chip } from "@/components/Chip";
import { Empty } from "@/components/Empty";
import { locale } from "@/i18n/messages";
import { NewVariant } from "@/shell/Founding";
import { go } from "@/shell/place";
import { Actor } from "./Actor";
import { attempt, type Conflict, restore, revert } from "./acts";
import { Conflicts } from "./Conflicts";
import type { Change, Kind } from "./changes";
import css from "./history.module.css";
import { historyText } from "./messages";
import { type LineChange, Prose, type ProseChange, type SceneChange } from "./Prose";

type Props = { of: Branch; position: number; change: Change | undefined; at: number | undefined };

/** A change: who made it when, what it did to the words, and all that can be done from there. */
export function Details({ of, position, change: known, at }: Props) {
  const t = historyText();
  const { data: change } = useQuery({ ...changeQuery(of, position), ...(known && { initialData: known }) });
  if (change === null) return <Empty icon="history" title={t("unknownChange")} />;
  return change ? <Told key={change.id} of={of} change={change} at={at} /> : null;
}

function Told({ of, change, at }: { of: Branch; change: Change; at: number | undefined }) {
  const t = historyText();
  const [asking, setAsking] = useState<readonly Conflict[] | null>(null);
  const [naming, setNaming] = useState(false);
  const before = change.position - change.events;
  const here = at === change.position;
  const past = at !== undefined;

  const takeBack = (settled = {}) =>
    attempt(() => revert(of, change.id, settled), t("tookBack", { name: change.name }), setAsking);
  const back = (position: number, said: string, only?: string, part?: string) =>
    void attempt(() => restore(of, position, only, part), said);

  return (
    <article className={css.details} aria-label={change.name}>
      <header>
        <p className={css.by}>
          <Actor name={change.actor} />
          <strong>{change.actor}</strong>
          <time dateTime={change.at}>
            {new Date(change.at).toLocaleString(locale(), { dateStyle: "full", timeStyle: "short" })}
          </time>
          <Chip>{t(`does.${change.kind as Kind}`)}</Chip>
          <small>{t("position", { at: change.position })}</small>
        </p>
        <h2>{change.name}</h2>
        <div className={css.acts}>
          {here ? (
            <Button icon="next" onClick={() => go({ at: undefined })}>
              {t("backToNow")}
            </Button>
          ) : (
            <Button look="primary" icon="history" onClick={() => go({ at: change.position })}>
              {t("lookAt")}
            </Button>
          )}
          {!past && (
            <>
              <Button icon="undo" onClick={() => void takeBack()}>
                {t("takeBack")}
              </Button>
              <Button
                icon="redo"
                onClick={() => back(change.position, t("restoredAll"))}
                title={t("restoreAllHint")}
              >
                {t("restoreAll")}
              </Button>
            </>
          )}
          <Button icon="branch" onClick={() => setNaming(true)}>
            {t("variantFrom")}
          </Button>
        </div>
      </header>
      <Words
        of={of}
        change={change}
        past={past}
        onBack={(said, only, part) => back(before, said, only, part)}
      />
      {asking && (
        <Conflicts
          title={t("takeBackCollides")}
          text={t("takeBackCollidesText")}
          ours={t("asItIs")}
          theirs={t("asItWas")}
          act={t("takeBack")}
          conflicts={asking}
          onSettle={takeBack}
          onClose={() => setAsking(null)}
        />
      )}
      {naming && <NewVariant position={change.position} onClose={() => setNaming(false)} />}
    </article>
  );
}

const SCENES = 20;

type WordsProps = {
  of: Branch;
  change: Change;
  past: boolean;
  /** Bring a scene, or a line of it, back to what it was before the change. */
  onBack: (said: string, only: string, part?: string) => void;
};

function Words({ of: { project, branch }, change, past, onBack }: WordsProps) {
  const t = historyText();
  const { data, hasNextPage, fetchNextPage, isPending } = useInfiniteQuery({
    queryKey: ["past", project, branch, "prose", change.id],
    queryFn: async ({ pageParam }) => {
      const params = {
        path: { project, branch, commit: change.id },
        query: { offset: pageParam, limit: SCENES },
      };
      return (await api.GET("/api/projects/{project}/branches/{branch}/commits/{commit}/prose", { params }))
        .data as ProseChange | undefined;
    },
    initialPageParam: 0,
    getNextPageParam: (last, all) => {
      const read = all.length * SCENES;
      return last && read < last.total ? read : undefined;
    },
  });
  if (isPending || !data) return null;
  const [first] = data.pages;
  if (!first) return null;
  const prose = { ...first, scenes: data.pages.flatMap((page) => page?.scenes ?? []) };
  if (!prose.scenes.length && !prose.others.length) return <p className={css.quiet}>{t("noWords")}</p>;
  const sceneTools = (scene: SceneChange) => (
    <>
      <IconButton
        icon="scenes"
        small
        label={t("linesOf", { name: scene.title })}
        onClick={() => go({ view: "scenes", path: [scene.scene] })}
      />
      {!past && (
        <Button
          small
          look="plain"
          icon="undo"
          onClick={() => onBack(t("restoredScene", { name: scene.title }), `scene:${scene.scene}`)}
        >
          {t("restoreScene")}
        </Button>
      )}
    </>
  );
  const lineTools = (scene: SceneChange, line: LineChange) => (
    <>
      <IconButton
        icon="search"
        small
        label={t("whence")}
        onClick={() => go({ path: ["line", scene.scene, line.node] })}
      />
      {!past && (
        <IconButton
          icon="undo"
          small
          label={t("restoreLine")}
          onClick={() => onBack(t("restoredLine"), `scene:${scene.scene}`, line.node)}
        />
      )}
    </>
  );
  return (
    <>
      <Prose
        prose={prose}
        sceneTools={sceneTools}
        lineTools={lineTools}
        entityTools={({ entity, name }) =>
          !past && (
            <IconButton
              icon="undo"
              small
              label={t("restoreEntity", { name })}
              onClick={() => onBack(t("restoredScene", { name }), entity)}
            />
          )
        }
      />
      {hasNextPage && (
        <Button className={css.moreScenes ?? ""} onClick={() => void fetchNextPage()}>
          {t("moreScenes", { count: first.total - prose.scenes.length })}
        </Button>
      )}
    </>
  );
}
