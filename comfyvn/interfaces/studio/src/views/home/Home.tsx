import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { historyQuery, projectsQuery, useScenes } from "@/api/queries";
import { Button } from "@/components/Button";
import { Empty } from "@/components/Empty";
import { ago } from "@/i18n/messages";
import { NewProject } from "@/shell/Founding";
import { go } from "@/shell/place";
import type { ViewProps } from "@/shell/view";
import css from "./home.module.css";
import { homeText } from "./messages";

type Project = { id: string; name: string; created_at: string };

/** All projects, and what was done last in the one that is open. */
export default function Home({ project }: ViewProps) {
  const t = homeText();
  const [founding, setFounding] = useState(false);
  const { data } = useQuery(projectsQuery);
  const projects = (data?.items ?? []).toSorted((one, other) =>
    other.created_at.localeCompare(one.created_at),
  );
  const shown = projects.find(({ id }) => id === project) ?? projects[0];
  return (
    <div className={css.home}>
      <header className={css.head}>
        <h1>{t("projects")}</h1>
        <Button icon="plus" look={projects.length ? "default" : "primary"} onClick={() => setFounding(true)}>
          {t("found")}
        </Button>
      </header>
      {data && !projects.length && (
        <Empty icon="scenes" title={t("none")}>
          <p>{t("noneText")}</p>
        </Empty>
      )}
      <ul className={css.cards}>
        {projects.map((each) => (
          <Card key={each.id} project={each} />
        ))}
      </ul>
      {shown && <Recent project={shown} />}
      <p className={css.keys}>{t("keys")}</p>
      {founding && <NewProject onClose={() => setFounding(false)} />}
    </div>
  );
}

function Card({ project: { id, name, created_at } }: { project: Project }) {
  const t = homeText();
  const { data } = useScenes({ project: id, branch: "main" });
  const count = data?.items.filter(({ role }) => role === "story").length;
  return (
    <li className={css.card}>
      <button
        type="button"
        onClick={() => go({ project: id, branch: "main", view: "scenes", at: undefined })}
      >
        <strong>{name}</strong>
        <span>{count === undefined ? "\u00a0" : t("scenes", { count })}</span>
        <span>{t("since", { when: ago(created_at) })}</span>
      </button>
    </li>
  );
}

function Recent({ project: { id, name } }: { project: Project }) {
  const t = homeText();
  const { data } = useQuery(historyQuery({ project: id, branch: "main" }, { limit: 8 }));
  return (
    <section className={css.recent}>
      <h2>{t("recent", { name })}</h2>
      {data && !data.items.length && <p>{t("nothing")}</p>}
      <ol>
        {data?.items.map((commit) => (
          <li key={commit.id}>
            <span>{commit.name}</span>
            <small>
              {commit.actor} · {ago(commit.at)} · {t("events", { count: commit.events })}
            </small>
          </li>
        ))}
      </ol>
    </section>
  );
}
