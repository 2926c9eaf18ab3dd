import { useQuery } from "@tanstack/react-query";
import type { SceneDocument } from "@/api/client";
import { change } from "@/api/commands";
import { type Moment, sceneQuery } from "@/api/queries";
import { Button, IconButton } from "@/components/Button";
import { Chip } from "@/components/Chip";
import { go } from "@/shell/place";
import { Findings } from "./Findings";
import { Inspector } from "./Inspector";
import { Kept } from "./Kept";
import css from "./map.module.css";
import { mapText } from "./messages";
import { orderAfter, wordsOf } from "./model";
import type { ProjectMap } from "./queries";
import { SceneSelect } from "./SceneSelect";
import type { Graph } from "./surface/graph";

type Props = {
  moment: Moment;
  map: ProjectMap;
  graph: Graph;
  id: string;
  visits: number | null | undefined;
  onChoose: (id: string | null) => void;
  onDiscard: () => void;
};

/** What is known of a scene, to be changed there; and the ways from it and to it. */
export function SceneInspector({ moment, map, graph, id, visits, onChoose, onDiscard }: Props) {
  const t = mapText();
  const { data } = useQuery(sceneQuery(moment, id));
  const past = moment.at !== undefined;
  const known = map.scenes.find((scene) => scene.id === id);
  const node = graph.nodes[graph.index.get(id) ?? -1];
  if (!known || !node) return null;
  const scene = data?.scene;
  const options = { label: node.title, version: data?.version };
  const titles = new Map(map.scenes.map((each) => [each.id, each.title || each.label || each.id]));
  const falls = scene?.falls_to ?? "";
  const next = map.scenes.find((each) => each.id === falls || (falls && each.label === falls))?.id ?? falls;

  return (
    <Inspector title={node.title} onClose={() => onChoose(null)}>
      <Kept
        label={t("name")}
        value={known.title}
        readOnly={past}
        onKeep={(title) => void change(moment, "scenes", id, "retitle-scene", { title }, options)}
      />
      <p className={css.facts}>
        {node.begins && <Chip tone="accent">{t("begins")}</Chip>}
        <Chip>{t("lines", { count: known.lines })}</Chip>
        <Chip>{t("choices", { count: known.choices })}</Chip>
        <Chip>{t("words", { count: known.words })}</Chip>
        {node.errors > 0 && <Chip tone="bad">{t("errors", { count: node.errors })}</Chip>}
        {node.warnings > 0 && <Chip tone="warn">{t("warnings", { count: node.warnings })}</Chip>}
        {node.lost && <Chip tone="bad">{node.lost}</Chip>}
        {node.ending && <Chip tone="good">{node.ending}</Chip>}
        {typeof visits === "number" && <Chip tone="warm">{t("visits", { count: visits })}</Chip>}
      </p>
      {node.errors + node.warnings > 0 && <Findings moment={moment} scene={id} />}
      <div className={css.buttons}>
        <Button small icon="map" onClick={() => go({ path: [id] })}>
          {t("openMap")}
        </Button>
        <Button small icon="edit" onClick={() => go({ view: "scenes", path: [id] })}>
          {t("write")}
        </Button>
      </div>
      <SceneSelect
        label={t("goesOn")}
        value={next}
        titles={titles}
        disabled={past || !scene}
        onChange={(to) =>
          void change(moment, "scenes", id, "lead-scene-on", { falls_to: to || null }, options)
        }
      >
        <option value="">{t("nothing")}</option>
        {next && !titles.has(next) && <option value={next}>{next}</option>}
      </SceneSelect>
      <Ways graph={graph} id={id} scene={scene} onChoose={onChoose} />
      <Kept
        label={t("group")}
        value={known.group}
        readOnly={past}
        onKeep={(group) => {
          const order = orderAfter([], group);
          void change(moment, "scenes", id, "place-scene", { group, order: scene?.order ?? order }, options);
        }}
      />
      {!past && (
        <div className={css.buttons}>
          {!node.begins && (
            <Button
              small
              icon="play"
              onClick={() => void change(moment, "project", moment.project, "choose-start", { start: id })}
            >
              {t("beginHere")}
            </Button>
          )}
          <IconButton small icon="trash" look="danger" label={t("discard")} onClick={onDiscard} />
        </div>
      )}
    </Inspector>
  );
}

type WaysProps = {
  graph: Graph;
  id: string;
  scene: SceneDocument | undefined;
  onChoose: (id: string) => void;
};

function Ways({ graph, id, scene, onChoose }: WaysProps) {
  const t = mapText();
  const sides = [
    ["waysOut", graph.edges.filter(({ from }) => from === id).map(({ to, label }) => [to, label] as const)],
    ["waysIn", graph.edges.filter(({ to }) => to === id).map(({ from, label }) => [from, label] as const)],
  ] as const;
  return sides.map(([side, ways]) => (
    <section key={side}>
      <h3>{t(side)}</h3>
      {!ways.length && <p>{t("noWays")}</p>}
      <ul>
        {ways.map(([other, label], n) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: several ways may lead to one scene
          <li key={n}>
            <button type="button" className={css.way} onClick={() => onChoose(other)}>
              {graph.nodes[graph.index.get(other) ?? -1]?.title}
              <small dir="auto">{(side === "waysOut" && scene && wordsOf(scene, other)) || label}</small>
            </button>
          </li>
        ))}
      </ul>
    </section>
  ));
}
