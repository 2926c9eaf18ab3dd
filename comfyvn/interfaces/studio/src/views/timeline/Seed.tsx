import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { api } from "@/api/client";
import { branchKey, type Moment } from "@/api/queries";
import { Button, IconButton } from "@/components/Button";
import { Field } from "@/components/Field";
import { timelineText } from "./messages";
import { seedOf, type TimelineDocument, visited } from "./steps";
import css from "./timeline.module.css";

const MOST = 2 ** 31;

/** A play that is shown beside the steps. */
export type Played = { readonly seed: number; readonly scenes: readonly string[] };

type Props = {
  moment: Moment;
  timeline: TimelineDocument;
  titles: ReadonlyMap<string, string>;
  played: Played | null;
  onPlayed: (played: Played | null) => void;
  onKeep: (seed: number) => void;
  onOrder: (order: string[]) => void;
  /** More that can be done, beside it. */
  children: ReactNode;
};

/** The seed of a timeline: kept with it, and shown as the scenes that a play by it comes to. */
export function Seed({ moment, timeline, titles, played, onPlayed, onKeep, onOrder, children }: Props) {
  const t = timelineText();
  const kept = seedOf(timeline);
  const [seed, setSeed] = useState(kept);
  const [shown, setShown] = useState(false);
  useEffect(() => setSeed(kept), [kept]);
  const past = moment.at !== undefined;
  const { data, error } = useQuery({
    queryKey: branchKey(moment, "play", "seed", seed),
    queryFn: async () => {
      const { project, branch, at } = moment;
      const query = at === undefined ? { seed } : { seed, at };
      const path = { project, branch };
      const { data } = await api.GET("/api/projects/{project}/branches/{branch}/play", {
        params: { path, query },
      });
      return { seed, scenes: visited(data?.items ?? []) };
    },
    enabled: shown,
  });
  useEffect(() => onPlayed(shown && data ? data : null), [onPlayed, shown, data]);

  const order = timeline.scene_order ?? [];
  const strays = played?.scenes.filter((scene) => !order.includes(scene)) ?? [];
  return (
    <div className={css.seed}>
      <Field
        label={t("seed")}
        title={t("seedHint")}
        type="number"
        min={0}
        max={MOST}
        step={1}
        value={seed}
        onChange={({ currentTarget: { valueAsNumber: wanted } }) => {
          if (Number.isSafeInteger(wanted) && wanted >= 0 && wanted <= MOST) setSeed(wanted);
        }}
      />
      <IconButton
        icon="redo"
        look="default"
        label={t("another")}
        onClick={() => setSeed(Math.floor(Math.random() * 10_000))}
      />
      <Button icon="play" aria-pressed={shown} onClick={() => setShown(!shown)}>
        {shown ? t("hide") : t("play")}
      </Button>
      {!past && seed !== kept && (
        <Button look="primary" onClick={() => onKeep(seed)}>
          {t("keepSeed")}
        </Button>
      )}
      <div className={css.more}>{children}</div>
      {shown && (
        <p className={css.path} role="status">
          {error?.message}
          {played && t("path", { seed: String(played.seed), count: played.scenes.length })}
          {strays.length > 0 &&
            ` ${t("strays", { scenes: strays.map((scene) => titles.get(scene) ?? scene).join(", ") })}`}
          {played && !past && (
            <Button
              small
              onClick={() =>
                onOrder([...played.scenes, ...order.filter((scene) => !played.scenes.includes(scene))])
              }
            >
              {t("takeOrder")}
            </Button>
          )}
        </p>
      )}
    </div>
  );
}
