import { type DragEvent, useState } from "react";
import { type Editor, isFresh } from "./editor";
import { spotBelow } from "./rows";

const KIND = "application/x-comfyvn-node";

/** Rows that are dragged by their handle land below the row that they are dropped on. */
export function useDrop(editor: Editor | null) {
  const [over, setOver] = useState<string | null>(null);
  const keyAt = (event: DragEvent) =>
    (event.target as HTMLElement).closest<HTMLElement>("[data-key]")?.dataset.key ?? null;
  const target = {
    onDragOver: (event: DragEvent) => {
      if (!event.dataTransfer.types.includes(KIND) || editor?.readOnly) return;
      event.preventDefault();
      setOver(keyAt(event));
    },
    onDragLeave: () => setOver(null),
    onDrop: (event: DragEvent) => {
      const id = event.dataTransfer.getData(KIND);
      const row = editor?.rows.find(({ key }) => key === keyAt(event));
      setOver(null);
      if (!id || !editor || !row || isFresh(row) || row.node.id === id) return;
      event.preventDefault();
      editor.act("move-node", { node_id: id, ...spotBelow(row) });
    },
  };
  return { over, target };
}
