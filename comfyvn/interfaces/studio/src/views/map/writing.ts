import type { EdgeDocument, NodeDocument, SceneDocument } from "@/api/client";
import { type Body, change, type Verb } from "@/api/commands";
import { newId } from "@/api/connection";
import type { Moment } from "@/api/queries";
import { mapText } from "./messages";
import { exitScene } from "./model";

/** Return to what a node of a map stands for as the target of a way. */
function targetOf(id: string): { scene: string } | { node: string } {
  const scene = exitScene(id);
  return scene === undefined ? { node: id } : { scene };
}

/** Changes of a scene as its map makes them, on a version of it. */
export function writing(moment: Moment, scene: string, version: number | undefined) {
  const write = <V extends Verb<"scenes">>(verb: V, body: Body<"scenes", V>) =>
    change(moment, "scenes", scene, verb, body, { version });
  const behind = (node: NodeDocument | undefined) =>
    node ? { block: node.block ?? "", after: node.id } : { block: "", after: null };

  async function made<V extends Verb<"scenes">>(verb: V, make: (node_id: string) => Body<"scenes", V>) {
    const id = newId();
    await write(verb, make(id));
    return id;
  }

  return {
    write,

    /** Write an empty line behind a node; returns its id. */
    line: (after: NodeDocument | undefined) =>
      made("write-line", (node_id) => ({ node_id, text: "", ...behind(after) })),

    /** Write an empty line for an option. */
    lineFor: (edge: EdgeDocument) =>
      made("write-line", (node_id) => ({ node_id, text: "", block: edge.id, after: null })),

    choice: (after: NodeDocument | undefined) =>
      made("offer-choice", (node_id) => ({
        node_id,
        options: [1, 2].map((count) => ({ id: newId(), text: mapText.now("optionNumber", { count }) })),
        ...behind(after),
      })),

    action: (after: NodeDocument | undefined, verb: string) =>
      made("place-action", (node_id) => ({ node_id, verb, ...behind(after) })),

    /** Lead from a node to another: by one more option, another target of a jump, or a jump behind it. */
    async connect(source: NodeDocument, to: string): Promise<void> {
      const [edge] = source.next ?? [];
      const target = targetOf(to);
      if (source.type === "choice") {
        const text = mapText.now("optionNumber", { count: (source.next?.length ?? 0) + 1 });
        await write("draw-edge", { node_id: source.id, edge: { id: newId(), text, ...target } });
      } else if (edge && (source.verb === "jump" || source.verb === "call")) {
        const { scene: _scene, node: _node, ...kept } = edge;
        await write("draw-edge", { node_id: source.id, edge: { ...kept, ...target } });
      } else {
        const edges = [{ id: newId(), ...target }];
        await write("place-action", { node_id: newId(), verb: "jump", edges, ...behind(source) });
      }
    },

    remove: (node_id: string) => write("remove-node", { node_id }),

    /** Move a node so many places in its block. */
    async shift(within: SceneDocument, node: NodeDocument, by: -1 | 1): Promise<void> {
      const block = (within.nodes ?? []).filter((each) => (each.block ?? "") === (node.block ?? ""));
      const now = block.findIndex(({ id }) => id === node.id);
      const others = block.filter(({ id }) => id !== node.id);
      if (now + by < 0 || now + by > others.length) return;
      const after = others[now + by - 1]?.id ?? null;
      await write("move-node", { node_id: node.id, block: node.block ?? "", after });
    },
  };
}

export type Writing = ReturnType<typeof writing>;
