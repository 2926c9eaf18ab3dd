import { create } from "zustand";
import type { Branch } from "@/api/client";
import { go } from "@/shell/place";

type From = Branch & {
  readonly scene: string;
  readonly node: string | undefined;
  /** Counts how often it was asked for, so that the same line can be played once more. */
  readonly time: number;
};

/** What is played beside the writing; null: nothing. */
export const useBeside = create<{ from: From | null }>(() => ({ from: null }));

/** Play from a line on, beside the writing. */
export function playBeside({ project, branch }: Branch, scene: string, node?: string): void {
  useBeside.setState(({ from }) => ({
    from: { project, branch, scene, node, time: (from?.time ?? 0) + 1 },
  }));
}

export const closeBeside = (): void => useBeside.setState({ from: null });

/** Go to a line where it is written; one that is in sight already gets the caret at once. */
export function writeAt(scene: string, node: string): void {
  go({ view: "scenes", path: [scene, node] });
  document.querySelector<HTMLElement>(`textarea[data-row="${CSS.escape(node)}"]`)?.focus();
}
