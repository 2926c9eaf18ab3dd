import { useQuery } from "@tanstack/react-query";
import { api, type Branch } from "@/api/client";
import { branchKey, useScenes } from "@/api/queries";
import { historyText } from "./messages";
import { Counts } from "./Prose";
import css from "./variants.module.css";

type Props = {
  of: Branch;
  at: number | undefined;
  other: string;
  there: number | undefined;
  onOpen: (scene: string) => void;
};

const MOST = 10_000;

/** All scenes as tiles in the order of the story, coloured by what becomes of them in another variant. */
export function SceneTiles({ of, at, other, there, onOpen }: Props) {
  const t = historyText();
  const { project, branch } = of;
  const { data } = useQuery({
    queryKey: branchKey({ ...of, at }, "compare-counts", other, there),
    queryFn: async () => {
      const query = { with: other, words: false, limit: MOST, ...(at === undefined ? {} : { at }) };
      const params = { path: { project, branch }, query };
      return (await api.GET("/api/projects/{project}/branches/{branch}/compare/prose", { params })).data;
    },
  });
  const here = useScenes({ ...of, at }).data?.items ?? [];
  const changes = new Map(data?.scenes.map((scene) => [scene.scene, scene]));
  const known = new Set(here.map(({ id }) => id));
  const added = (data?.scenes ?? []).filter(({ scene }) => !known.has(scene));
  const all = [
    ...here
      .filter(({ role, id }) => role === "story" || changes.has(id))
      .map(({ id, title, group }) => ({ id, title: title || id, group: group ?? "" })),
    ...added.map(({ scene, title }) => ({ id: scene, title, group: t("onlyIn", { name: other }) })),
  ];
  const groups = [...Map.groupBy(all, ({ group }) => group)];
  return (
    <div className={css.map}>
      <ul className={css.legend}>
        {(["added", "changed", "removed", "same"] as const).map((what) => (
          <li key={what} data-what={what}>
            {t(`legend.${what}`, { name: other })}
          </li>
        ))}
      </ul>
      {groups.map(([group, scenes]) => (
        <section key={group} aria-label={group || t("title")}>
          {groups.length > 1 && <h3>{group.replaceAll("_", " ") || "\u2013"}</h3>}
          <ol>
            {scenes.map(({ id, title }) => {
              const change = changes.get(id);
              return (
                <li key={id}>
                  <button
                    type="button"
                    className={css.tile}
                    data-what={change?.what ?? "same"}
                    disabled={!change}
                    onClick={() => onOpen(id)}
                  >
                    <span>{title}</span>
                    {change ? <Counts {...change} /> : <small>{t("unchanged")}</small>}
                    {change && <Weights {...change} />}
                  </button>
                </li>
              );
            })}
          </ol>
        </section>
      ))}
    </div>
  );
}

function Weights(counts: { added: number; changed: number; removed: number; moved: number }) {
  return (
    <i className={css.weights} aria-hidden="true">
      {(["added", "changed", "removed", "moved"] as const).map(
        (name) => counts[name] > 0 && <b key={name} data-what={name} style={{ flexGrow: counts[name] }} />,
      )}
    </i>
  );
}
