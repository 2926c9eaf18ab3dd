import { lazy, Suspense, useCallback, useMemo, useState } from "react";
import { change } from "@/api/commands";
import { newId } from "@/api/connection";
import { useScenes } from "@/api/queries";
import { Button, IconButton } from "@/components/Button";
import { Empty } from "@/components/Empty";
import { Split } from "@/components/Split";
import { type Command, useCommands } from "@/shell/commands";
import { go } from "@/shell/place";
import type { ViewProps } from "@/shell/view";
import { closeBeside, useBeside } from "@/views/play/beside";
import { Find } from "./Find";
import { scenesText } from "./messages";
import { SceneList } from "./SceneList";
import { Script } from "./Script";
import css from "./scenes.module.css";

const PlayPanel = lazy(() => import("@/views/play/Panel"));

/** All scenes, the script of one, and beside it a play on wish. */
export default function Scenes({ path, project, branch, at }: ViewProps) {
  const moment = useMemo(() => ({ project, branch, at }), [project, branch, at]);
  const t = scenesText();
  const { data } = useScenes(moment);
  const scenes = (data?.items ?? []).filter(({ role }) => role === "story");
  const [id, line] = path;
  const past = moment.at !== undefined;

  const { order = "", group = "" } = scenes.at(-1) ?? {};
  const add = useCallback(async (): Promise<void> => {
    const made = newId();
    await change(moment, "scenes", made, "open-scene", { title: t("untitled"), order: `${order}V`, group });
    go({ path: [made, "title"] });
  }, [moment, t, order, group]);

  const commands = useMemo<readonly Command[]>(
    () => [
      {
        id: "scene.new",
        title: t("add"),
        keys: "Mod+Alt+N",
        icon: "plus",
        group: t("title"),
        disabled: past,
        run: () => void add(),
      },
    ],
    [t, past, add],
  );
  useCommands(commands);

  const [finding, setFinding] = useState(false);
  const search = useMemo<readonly Command[]>(
    () => [
      {
        id: "scene.find",
        title: t("find"),
        keys: "Mod+F",
        icon: "search",
        group: t("title"),
        run: () => setFinding(true),
      },
    ],
    [t],
  );
  useCommands(search);

  const list = (
    <nav className={css.list} aria-label={t("list")} data-scene-list>
      <header>
        <h1>{t("title")}</h1>
        <IconButton icon="search" label={t("find")} onClick={() => setFinding(true)} />
        {!past && <IconButton icon="plus" label={t("add")} onClick={() => void add()} />}
      </header>
      <SceneList moment={moment} scenes={scenes} chosen={id} readOnly={past} />
    </nav>
  );

  const from = useBeside((beside) => beside.from);
  const played = from?.project === project && from.branch === branch ? from : null;
  const script = id && <Script key={id} moment={moment} id={id} line={line} />;

  if (id && played && !finding)
    return (
      <Split
        key="beside"
        name="beside"
        label={t("playWidth")}
        width={460}
        min={300}
        max={900}
        end
        side={
          <Suspense>
            <PlayPanel
              key={played.time}
              moment={moment}
              scene={played.scene}
              node={played.node}
              onClose={closeBeside}
            />
          </Suspense>
        }
      >
        <h1 className="visually-hidden">{t("title")}</h1>
        {script}
      </Split>
    );
  return (
    <Split
      key="scenes"
      name="scenes"
      label={t("width")}
      side={finding ? <Find moment={moment} scene={id} onClose={() => setFinding(false)} /> : list}
    >
      {id
        ? script
        : data && (
            <Empty icon="scenes" title={scenes.length ? t("choose") : t("none")}>
              {!scenes.length && <p>{t("noneText")}</p>}
              {!scenes.length && !past && (
                <Button look="primary" icon="plus" onClick={() => void add()}>
                  {t("add")}
                </Button>
              )}
            </Empty>
          )}
    </Split>
  );
}
