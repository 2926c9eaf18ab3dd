import type { EdgeDocument, NodeDocument, SceneDocument } from "@/api/client";

type Scene = SceneDocument & { nodes: NodeDocument[] };
type Fields = Record<string, unknown>;

/**
 * Return a scene as it will be when the server has carried out a command; commands that only the server understands
 * leave it as it is.
 *
 * So what a person does is seen at once. Of the order of the nodes only that within each block counts here.
 */
export function fold(scene: SceneDocument, verb: string, body: Fields): SceneDocument {
  const whole: Scene = { ...scene, nodes: scene.nodes ?? [] };
  const id = String(body.node_id ?? "");
  switch (verb) {
    case "retitle-scene":
      return { ...whole, title: String(body.title) };
    case "write-line":
      return put(whole, { ...drafted(body), type: "text", content: String(body.text) }, body);
    case "offer-choice":
      return put(
        whole,
        { ...drafted(body), type: "choice", content: text(body.prompt), next: edges(body.options) },
        body,
      );
    case "place-action":
      return put(
        whole,
        {
          ...drafted(body),
          type: "action",
          content: text(body.content),
          verb: text(body.verb),
          next: edges(body.edges),
        },
        body,
      );
    case "reword-line":
      return change(whole, id, { content: String(body.text) });
    case "reattribute-line":
      return change(whole, id, { speaker: body.speaker as string | null });
    case "guard-node":
      return change(whole, id, { conditions: body.conditions as string[] });
    case "move-node":
      return moved(whole, id, body);
    case "remove-node":
      return { ...whole, nodes: without(whole.nodes, id) };
    case "draw-edge":
      return drawn(whole, id, body.edge as EdgeDocument);
    case "erase-edge":
      return erased(whole, id, String(body.edge_id));
    case "save-scene":
      return { ...whole, ...(body.document as SceneDocument) };
    default:
      return whole;
  }
}

const text = (value: unknown): string => String(value ?? "");

function edges(drafts: unknown): EdgeDocument[] {
  return (drafts as EdgeDocument[] | undefined) ?? [];
}

function drafted(body: Fields): Pick<NodeDocument, "id" | "block" | "speaker" | "next"> {
  return {
    id: String(body.node_id),
    block: text(body.block),
    speaker: (body.speaker as string | null | undefined) ?? null,
    next: [],
  };
}

function put(scene: Scene, node: NodeDocument, { after }: Fields): Scene {
  if (scene.nodes.some(({ id }) => id === node.id)) return scene; // the server was quicker than its answer
  const at = scene.nodes.findIndex(({ id }) => id === after);
  const nodes = scene.nodes.toSpliced(at < 0 ? scene.nodes.length : at + 1, 0, node);
  return { ...scene, nodes };
}

function change(scene: Scene, id: string, changes: Partial<NodeDocument>): Scene {
  return { ...scene, nodes: scene.nodes.map((node) => (node.id === id ? { ...node, ...changes } : node)) };
}

function moved(scene: Scene, id: string, { after, block }: Fields): Scene {
  const node = scene.nodes.find((other) => other.id === id);
  if (!node) return scene;
  const rest = scene.nodes.filter((other) => other !== node);
  const first = rest.findIndex((other) => (other.block ?? "") === text(block));
  const at = after ? rest.findIndex((other) => other.id === after) + 1 : Math.max(first, 0);
  return { ...scene, nodes: rest.toSpliced(at, 0, { ...node, block: text(block) }) };
}

/** The nodes without one of them and all in the blocks of its edges. */
function without(nodes: readonly NodeDocument[], id: string): NodeDocument[] {
  const gone = new Set([id]);
  const blocks = new Set(nodes.find((node) => node.id === id)?.next?.map((edge) => edge.id));
  return nodes.filter((node) => {
    if (blocks.has(node.block ?? "")) {
      gone.add(node.id);
      for (const edge of node.next ?? []) blocks.add(edge.id);
    }
    return !gone.has(node.id);
  });
}

function drawn(scene: Scene, id: string, edge: EdgeDocument): Scene {
  const next = scene.nodes.find((node) => node.id === id)?.next ?? [];
  const known = next.some((other) => other.id === edge.id);
  return change(scene, id, {
    next: known ? next.map((other) => (other.id === edge.id ? edge : other)) : [...next, edge],
  });
}

function erased(scene: Scene, id: string, edge: string): Scene {
  const next = scene.nodes.find((node) => node.id === id)?.next?.filter((other) => other.id !== edge) ?? [];
  let nodes: NodeDocument[] = scene.nodes;
  for (const node of scene.nodes) if (node.block === edge) nodes = without(nodes, node.id);
  return change({ ...scene, nodes }, id, { next });
}
