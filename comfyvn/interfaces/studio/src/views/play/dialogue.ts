import { useEffect, useState } from "react";
import type { Piece } from "./typing";

/** How the words of a line come; `version` is that of the playthrough in which it was met. */
export type Told = { version: number; pieces: Piece[]; gone: number | null };

/** Hear how the lines of a playthrough come, as long as somebody wants to see it. */
export function useDialogue(project: string, play: string, wanted: boolean): Told | null {
  const [told, setTold] = useState<Told | null>(null);
  useEffect(() => {
    if (!wanted) return;
    let pieces: Piece[] = [];
    const query = `project=${encodeURIComponent(project)}&stream=true`;
    const source = new EventSource(`/api/playthroughs/${encodeURIComponent(play)}/dialogue?${query}`);
    source.addEventListener("line", () => {
      pieces = [];
    });
    source.addEventListener("piece", ({ data }: MessageEvent<string>) => pieces.push(JSON.parse(data)));
    source.addEventListener("final", ({ data }: MessageEvent<string>) => {
      const { version, gone } = JSON.parse(data);
      setTold({ version, gone, pieces });
    });
    return () => source.close();
  }, [project, play, wanted]);
  return told;
}
