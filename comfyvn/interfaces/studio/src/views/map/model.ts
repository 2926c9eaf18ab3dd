import type { SceneDocument } from "@/api/client";
import type { Analysis } from "./analysis";
import { mapText } from "./messages";
import type { ProjectMap, SceneMap } from "./queries";
import { type EdgeLook, type Graph, graphOf, type MapEdge, type MapNode } from "./surface/graph";

const t = mapText.now;

/** From one column of a map to the next, and from one row to the next; the server lays maps out so. */
const ACROSS = 260;
const DOWN = 110;

const LOOKS: Readonly<Record<string, EdgeLook>> = {
  jump: "jump",
  call: "call",
  option: "option",
  branch: "option",
  again: "back",
};

const percent = (share: number) =>
  new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: share < 0.01 ? 2 : 0 }).format(
    share,
  );

/** Return the scenes of a project as a graph. */
export function projectGraph({ scenes, edges }: ProjectMap, analysis: Analysis | null): Graph {
  const groups = [...new Set(scenes.map(({ group }) => group))];
  const most = Math.max(0, ...[...(analysis?.heat.values() ?? [])].map(({ visits }) => visits ?? 0));
  const nodes = scenes.map((scene): MapNode => {
    const { id, x, y, title, label, role, group, begins, lines, choices, words, errors, warnings } = scene;
    const known = analysis?.heat.get(id);
    const ends = analysis?.endings.filter((ending) => ending.scene === id) ?? [];
    const share = ends.reduce((sum, ending) => sum + ending.share.value, 0);
    return {
      id,
      x,
      y,
      look: role === "code" ? "code" : "scene",
      title: title || label || id,
      words: `${t("lines", { count: lines })} · ${t("choices", { count: choices })} · ${t("words", { count: words })}`,
      tone: groups.indexOf(group),
      begins: begins === "start",
      errors: errors ?? 0,
      warnings: warnings ?? 0,
      heat: known && most ? (known.visits ?? most) / most : null,
      lost: known?.reached === 0 && known.nodes > 0 ? t("lostScene") : "",
      ending: ends.length ? t("endsHere", { share: percent(share) }) : "",
    };
  });
  return graphOf(
    nodes,
    edges.map(({ source, target, kind, count }) => ({
      from: source,
      to: target,
      look: LOOKS[kind] ?? "on",
      label: kind === "falls" ? "" : count > 1 ? `${t(kind)} ×${count}` : t(kind),
    })),
  );
}

type Names = { readonly speakers: ReadonlyMap<string, string>; readonly scenes: ReadonlyMap<string, string> };

/** Under which id a way out of a scene stands on its map. */
const exitId = (scene: string, source: string) => `exit ${scene} ${source}`;

/** Return to which scene something on the map of a scene leads; undefined for a node of it. */
export const exitScene = (id: string): string | undefined => /^exit (\S+) /.exec(id)?.[1];

/** Return the nodes of a scene as a graph; other scenes that it leads to stand beside what leads there. */
export function sceneGraph(map: SceneMap, analysis: Analysis | null, names: Names): Graph {
  const heat = analysis?.heat.get(map.scene)?.heat;
  const most = Math.max(0, ...Object.values(heat ?? {}).map((visits) => visits ?? 0));
  const lost = new Set(analysis?.lost.filter(({ scene }) => scene === map.scene).map(({ node }) => node));
  const endings = analysis?.endings.filter(({ scene }) => scene === map.scene) ?? [];
  const options = Map.groupBy(
    map.edges.filter(({ edge }) => edge !== null),
    ({ source }) => source,
  );
  const nodes = map.nodes.map((node): MapNode => {
    const { id, x, y, type, verb, speaker, text, conditions, order } = node;
    const count = options.get(id)?.length ?? 0;
    const ending = endings.find((each) => each.node === id);
    const visits = heat?.[id];
    const guard = conditions.length ? `${t("if")} ${conditions.join(", ")} · ` : "";
    return {
      id,
      x,
      y,
      look: type === "choice" ? "choice" : type === "action" ? "action" : "text",
      title:
        type === "action"
          ? (verb ?? "")
          : type === "choice"
            ? text || t("choice")
            : speaker
              ? (names.speakers.get(speaker) ?? speaker)
              : t("narration"),
      words: guard + (type === "choice" ? t("options", { count }) : text),
      tone: 0,
      begins: order === 0,
      errors: 0,
      warnings: 0,
      heat: heat && most ? (visits === null ? 1 : (visits ?? 0) / most) : null,
      lost: lost.has(id) ? t("lostNode") : "",
      ending: ending ? t("endsHere", { share: percent(ending.share.value) }) : "",
    };
  });
  const exits = exitsOf(map, names);
  const edges = map.edges.flatMap(({ source, target, scene, kind, text, condition, weight }): MapEdge[] => {
    const to = target ?? (scene === null ? null : exitId(scene, source));
    if (to === null) return [];
    const label = text ?? condition ?? (weight === null ? "" : t("weight", { count: weight }));
    return [{ from: source, to, look: LOOKS[kind] ?? "on", label }];
  });
  return graphOf([...nodes, ...exits], edges);
}

function exitsOf({ nodes, edges }: SceneMap, { scenes }: Names): MapNode[] {
  const taken = new Set(nodes.map(({ x, y }) => `${Math.round(x / ACROSS)} ${Math.round(y / DOWN)}`));
  const places = new Map(nodes.map((node) => [node.id, node]));
  const exits = new Map<string, MapNode>();
  for (const { source, scene } of edges) {
    const from = places.get(source);
    if (scene === null || !from || exits.has(exitId(scene, source))) continue;
    const column = Math.round(from.x / ACROSS) + 1;
    let row = Math.round(from.y / DOWN);
    while (taken.has(`${column} ${row}`)) row++;
    taken.add(`${column} ${row}`);
    exits.set(exitId(scene, source), {
      id: exitId(scene, source),
      x: from.x + ACROSS,
      y: from.y + row * DOWN - Math.round(from.y / DOWN) * DOWN,
      look: "exit",
      title: scenes.get(scene) ?? scene,
      words: t("exit"),
      tone: 0,
      begins: false,
      errors: scenes.has(scene) ? 0 : 1,
      warnings: 0,
      heat: null,
      lost: "",
      ending: "",
    });
  }
  return [...exits.values()];
}

/** Something in the outline of a map: choosing it chooses the node. */
export type Item = {
  readonly key: string;
  readonly node: string | null;
  readonly title: string;
  readonly detail: string;
  readonly level: number;
  readonly children: readonly Item[];
};

/** Return a graph as a tree: groups (where there are several), what is in them, and the ways from it. */
export function outlineOf(
  { nodes, edges, index }: Graph,
  groups: readonly (readonly [string, string])[],
): Item[] {
  const ways = Map.groupBy(edges, ({ from }) => from);
  const items = (ids: Iterable<MapNode>, level: number): Item[] =>
    [...ids].map((node) => ({
      key: node.id,
      node: node.id,
      title: node.title,
      detail: [node.words, node.lost, node.ending].filter(Boolean).join(" · "),
      level,
      children: telling(ways.get(node.id) ?? []).map(({ to, label }, n) => ({
        key: `${node.id} ${n}`,
        node: to,
        title: t("leadsTo", { title: nodes[index.get(to) ?? -1]?.title ?? to }),
        detail: label,
        level: level + 1,
        children: [],
      })),
    }));
  const inside = nodes.filter(({ look }) => look !== "exit");
  const names = [...new Set(groups.map(([, group]) => group))];
  if (names.length < 2) return items(inside, 1);
  const of = new Map(groups);
  const members = Map.groupBy(inside, ({ id }) => of.get(id) ?? "");
  return names.map((name) => ({
    key: `group ${name}`,
    node: null,
    title: name || t("noGroup"),
    detail: "",
    level: 1,
    children: items(members.get(name) ?? [], 2),
  }));
}

/** That one line follows another goes without saying. */
const telling = (ways: readonly MapEdge[]) =>
  ways.length > 1 || ways.some(({ look, label }) => label || look !== "on") ? ways : [];

/** Return the rows of a tree that are to be seen: children where the item is in `open`. */
export function rowsOf(items: readonly Item[], open: ReadonlySet<string>): Item[] {
  return items.flatMap((item) => [item, ...(open.has(item.key) ? rowsOf(item.children, open) : [])]);
}

/** Return the nodes that hold all words that are asked for; those whose title holds them come first. */
export function findIn(nodes: readonly MapNode[], asked: string): MapNode[] {
  const wanted = asked.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const holds = (text: string) => wanted.every((word) => text.toLocaleLowerCase().includes(word));
  const found = nodes.filter(({ title, words }) => holds(`${title} ${words}`));
  return [...found.filter(({ title }) => holds(title)), ...found.filter(({ title }) => !holds(title))];
}

/** Return an order behind all others of a group. */
export function orderAfter(scenes: readonly { group?: string; order?: string }[], group: string): string {
  const orders = scenes.filter((scene) => (scene.group ?? "") === group).map(({ order }) => order ?? "");
  return `${orders.toSorted().at(-1) ?? ""}V`;
}

/** Return what is offered where a scene leads to another: the words of options that lead there, or before a jump. */
export function wordsOf({ nodes = [] }: SceneDocument, target: string): string {
  const edges = nodes.flatMap(({ next = [] }) => next);
  const owners = new Map(edges.map((edge) => [edge.id, edge]));
  const words = nodes.flatMap(({ block = "", next = [] }) =>
    next.flatMap((edge) => (edge.scene === target ? [edge.text ?? owners.get(block)?.text ?? ""] : [])),
  );
  return words.filter(Boolean).join(" / ");
}
