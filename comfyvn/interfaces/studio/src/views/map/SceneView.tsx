import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { type Moment, sceneQuery, useCharacters, useScenes } from "@/api/queries";
import { Button, IconButton } from "@/components/Button";
import { Empty } from "@/components/Empty";
import { Menu } from "@/components/Menu";
import type { Command } from "@/shell/commands";
import { go } from "@/shell/place";
import { VERBS } from "@/views/scenes/directions";
import { useAnalysis } from "./analysis";
import { Frame } from "./Frame";
import css from "./map.module.css";
import { mapText } from "./messages";
import { exitScene, outlineOf, sceneGraph } from "./model";
import { NodeInspector } from "./NodeInspector";
import { sceneMapQuery } from "./queries";
import { writing } from "./writing";

/** The nodes of a scene and the ways between them. */
export function SceneView({ moment, scene, node }: { moment: Moment; scene: string; node: string | null }) {
  const t = mapText();
  const { data, error } = useQuery(sceneMapQuery(moment, scene));
  const document = useQuery(sceneQuery(moment, scene)).data;
  const characters = useCharacters(moment).data?.items;
  const scenes = useScenes(moment).data?.items;
  const [routes, setRoutes] = useState(false);
  const analysis = useAnalysis(moment, routes);
  const past = moment.at !== undefined;
  const titles = useMemo(
    () => new Map(scenes?.map(({ id, title, label }) => [id, title || label || id])),
    [scenes],
  );
  const graph = useMemo(() => {
    const speakers = new Map(characters?.map(({ id, name }) => [id, name || id]));
    return data && sceneGraph(data, analysis, { speakers, scenes: titles });
  }, [data, analysis, characters, titles]);
  const tree = useMemo(() => (graph ? outlineOf(graph, []) : []), [graph]);
  const chosen = node && graph?.index.has(node) ? node : null;
  const found = document?.scene.nodes?.find(({ id }) => id === chosen);
  const write = useMemo(() => writing(moment, scene, document?.version), [moment, scene, document?.version]);

  const choose = (id: string | null) => go({ path: id ? [scene, id] : [scene] }, { replace: true });
  const open = (id: string) => {
    const other = exitScene(id);
    if (other) go({ path: [other] });
    else go({ view: "scenes", path: [scene, id] });
  };
  const leave = () => go({ path: [] });

  const commands = useMemo<readonly Command[]>(() => {
    const show = (id: Promise<string>) =>
      void id.then((made) => go({ path: [scene, made] }, { replace: true }));
    const last = document?.scene.nodes?.filter(({ block }) => !block).at(-1);
    const after = found ?? last;
    const common = { group: t("title"), disabled: past || !document, icon: "plus" } as const;
    return [
      { id: "map.line", title: t("addLine"), keys: "N", ...common, run: () => show(write.line(after)) },
      {
        id: "map.choice",
        title: t("addChoice"),
        keys: "Shift+N",
        ...common,
        run: () => show(write.choice(after)),
      },
      ...VERBS.map((verb) => ({
        id: `map.action.${verb}`,
        title: `${t("addAction")}: ${verb}`,
        ...common,
        run: () => show(write.action(after, verb)),
      })),
    ];
  }, [t, past, document, found, write, scene]);

  if (error) return <Empty icon="warning" title={error.message} />;
  if (!graph || !data) return null;
  const told = !analysis ? t("routesWait") : t(analysis.exact ? "exact" : "sampled");
  return (
    <Frame
      moment={moment}
      scene={scene}
      title={
        <>
          <IconButton small icon="back" label={t("up")} onClick={leave} />
          <h1 className={css.title} dir="auto">
            {data.title || scene}
          </h1>
        </>
      }
      label={t("scene", { title: data.title || scene })}
      graph={graph}
      tree={tree}
      chosen={chosen}
      routes={{ shown: routes, toggle: () => setRoutes(!routes), told }}
      tools={
        <>
          <Button small icon="plus" onClick={commands[0]?.run}>
            {t("line")}
          </Button>
          <Button small icon="choice" onClick={commands[1]?.run}>
            {t("choice")}
          </Button>
          <Menu
            label={t("addAction")}
            items={commands.slice(2).map(({ run }, n) => ({
              label: VERBS[n] ?? "",
              onPick: () => run?.(),
            }))}
          >
            {(trigger) => (
              <Button small icon="action" {...trigger}>
                {t("action")}
              </Button>
            )}
          </Menu>
        </>
      }
      commands={commands}
      inspector={
        found &&
        document && (
          <NodeInspector
            key={found.id}
            moment={moment}
            scene={document.scene}
            node={found}
            shown={graph.nodes[graph.index.get(found.id) ?? -1]}
            write={write}
            titles={titles}
            onChoose={choose}
          />
        )
      }
      onChoose={choose}
      onOpen={open}
      onConnect={(from, to) => {
        const source = document?.scene.nodes?.find(({ id }) => id === from);
        if (source) void write.connect(source, to);
      }}
      onDelete={(id) => void write.remove(id)}
      onLeave={leave}
      movable={(id) => exitScene(id) === undefined}
    />
  );
}
