import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { change } from "@/api/commands";
import { newId } from "@/api/connection";
import { type Moment, useScenes } from "@/api/queries";
import { Button } from "@/components/Button";
import { Empty } from "@/components/Empty";
import { toast } from "@/components/toasts";
import type { Command } from "@/shell/commands";
import { go } from "@/shell/place";
import { useAnalysis } from "./analysis";
import { Connect } from "./Connect";
import { Frame } from "./Frame";
import css from "./map.module.css";
import { mapText } from "./messages";
import { orderAfter, outlineOf, projectGraph } from "./model";
import { projectMapQuery } from "./queries";
import { SceneInspector } from "./SceneInspector";

/** The scenes of a project and the ways between them. */
export function ProjectView({ moment }: { moment: Moment }) {
  const t = mapText();
  const bare = useQuery(projectMapQuery(moment, false));
  const checked = useQuery({ ...projectMapQuery(moment, true), enabled: bare.isSuccess });
  const scenes = useScenes(moment).data?.items;
  const [chosen, setChosen] = useState<string | null>(null);
  const [routes, setRoutes] = useState(false);
  const [connecting, setConnecting] = useState<readonly [string, string] | null>(null);
  const analysis = useAnalysis(moment, routes);
  // the map without findings is the newer one while they are being looked for
  const data =
    checked.data && checked.data.position >= (bare.data?.position ?? 0) && !checked.isPlaceholderData
      ? checked.data
      : bare.data;
  const graph = useMemo(() => data && projectGraph(data, analysis), [data, analysis]);
  const tree = useMemo(
    () =>
      graph && data
        ? outlineOf(
            graph,
            data.scenes.map(({ id, group }) => [id, group] as const),
          )
        : [],
    [graph, data],
  );
  const past = moment.at !== undefined;

  const commands = useMemo<readonly Command[]>(() => {
    async function add(): Promise<void> {
      const made = newId();
      const beside = scenes?.find(({ id }) => id === chosen) ?? scenes?.at(-1);
      const group = beside?.group ?? "";
      const order = orderAfter(scenes ?? [], group);
      const title = mapText.now("untitled");
      await change(moment, "scenes", made, "open-scene", { title, group, order }, { label: title });
      setChosen(made);
    }
    return [
      {
        id: "map.add",
        title: t("addScene"),
        keys: "N",
        icon: "plus",
        group: t("title"),
        disabled: past,
        run: () => void add(),
      },
    ];
  }, [t, moment, scenes, chosen, past]);
  const add = commands[0]?.run;

  async function discard(id: string): Promise<void> {
    const title = graph?.nodes[graph.index.get(id) ?? -1]?.title ?? id;
    await change(moment, "scenes", id, "discard-scene", {}, { label: title });
    setChosen(null);
    toast(t("discarded", { title }));
  }

  if (!graph || !data) return bare.error ? <Empty icon="warning" title={bare.error.message} /> : null;
  if (!data.scenes.length)
    return (
      <Empty icon="map" title={t("none")}>
        <p>{t("noneText")}</p>
        {!past && (
          <Button look="primary" icon="plus" onClick={add}>
            {t("addScene")}
          </Button>
        )}
      </Empty>
    );
  const told = !analysis ? t("routesWait") : t(analysis.exact ? "exact" : "sampled");
  return (
    <>
      <Frame
        moment={moment}
        scene={null}
        title={<h1 className={css.title}>{t("title")}</h1>}
        label={t("project")}
        graph={graph}
        tree={tree}
        chosen={chosen}
        routes={{ shown: routes, toggle: () => setRoutes(!routes), told }}
        tools={
          <Button small icon="plus" onClick={add}>
            {t("addScene")}
          </Button>
        }
        commands={commands}
        inspector={
          chosen &&
          graph.index.has(chosen) && (
            <SceneInspector
              key={chosen}
              moment={moment}
              map={data}
              graph={graph}
              id={chosen}
              visits={analysis?.heat.get(chosen)?.visits}
              onChoose={setChosen}
              onDiscard={() => void discard(chosen)}
            />
          )
        }
        onChoose={setChosen}
        onOpen={(id) => go({ path: [id] })}
        onConnect={(from, to) => setConnecting([from, to])}
        onDelete={(id) => void discard(id)}
      />
      {connecting && (
        <Connect
          moment={moment}
          from={connecting[0]}
          to={connecting[1]}
          titles={new Map(graph.nodes.map((node) => [node.id, node.title]))}
          onClose={() => setConnecting(null)}
        />
      )}
    </>
  );
}
