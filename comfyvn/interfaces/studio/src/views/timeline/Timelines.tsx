import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { change } from "@/api/commands";
import { newId } from "@/api/connection";
import { listQuery } from "@/api/queries";
import { Button, IconButton } from "@/components/Button";
import { Empty } from "@/components/Empty";
import { Split } from "@/components/Split";
import { useCommands } from "@/shell/commands";
import { go } from "@/shell/place";
import type { ViewProps } from "@/shell/view";
import { Line } from "./Line";
import { timelineText } from "./messages";
import css from "./timeline.module.css";

/** All timelines, and one of them. */
export default function Timelines({ path, project, branch, at }: ViewProps) {
  const t = timelineText();
  const moment = useMemo(() => ({ project, branch, at }), [project, branch, at]);
  const { data } = useQuery(listQuery(moment, "timelines"));
  const timelines = (data?.items ?? []).map(({ id, name, scene_order }) => ({
    id,
    name: String(name || t("untitled")),
    steps: Object.keys(scene_order ?? {}).length,
  }));
  const id = path[0] ?? timelines[0]?.id;
  const past = at !== undefined;

  const commands = useMemo(() => {
    async function add(): Promise<void> {
      const made = newId();
      await change(moment, "timelines", made, "open-timeline", { name: timelineText.now("untitled") });
      go({ view: "timeline", path: [made] });
    }
    const group = t("title");
    const local = { group, local: true };
    return [
      { id: "timeline.add", title: t("add"), icon: "plus", group, disabled: past, run: () => void add() },
      { id: "timeline.earlier", title: t("earlier"), keys: "Alt+ArrowUp", ...local },
      { id: "timeline.later", title: t("later"), keys: "Alt+ArrowDown", ...local },
      { id: "timeline.back", title: t("laneBack"), keys: "Alt+ArrowLeft", ...local },
      { id: "timeline.on", title: t("laneOn"), keys: "Alt+ArrowRight", ...local },
    ] as const;
  }, [t, moment, past]);
  useCommands(commands);
  const [{ run: add }] = commands;

  const list = (
    <nav className={css.list} aria-label={t("list")}>
      <header>
        <h1>{t("title")}</h1>
        {!past && <IconButton icon="plus" label={t("add")} onClick={add} />}
      </header>
      <ul>
        {timelines.map((each) => (
          <li key={each.id}>
            <button
              type="button"
              aria-current={each.id === id ? "true" : undefined}
              onClick={() => go({ path: [each.id] })}
            >
              <span>{each.name}</span>
              <small>{t("steps", { count: each.steps })}</small>
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );

  return (
    <Split name="timeline" label={t("width")} side={list} width={220}>
      {id ? (
        <Line key={id} moment={moment} id={id} />
      ) : (
        data && (
          <Empty icon="timeline" title={t("none")}>
            <p>{t("noneText")}</p>
            {!past && (
              <Button look="primary" icon="plus" onClick={add}>
                {t("add")}
              </Button>
            )}
          </Empty>
        )
      )}
    </Split>
  );
}
