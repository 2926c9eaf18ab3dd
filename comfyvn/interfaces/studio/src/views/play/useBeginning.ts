import { useEffect, useState } from "react";
import type { Moment } from "@/api/queries";
import { begin } from "./playing";

type Begun = { play: string | null; error: Error | null };

/** Begin a playthrough at a line, once for each time that it is asked for. */
export function useBeginning(
  moment: Moment,
  scene: string,
  node: string | undefined,
  seed: number | (() => number),
) {
  const { project, branch, at } = moment;
  const [begun, setBegun] = useState<Begun>({ play: null, error: null });
  const [first] = useState(seed);
  useEffect(() => {
    let left = false;
    setBegun({ play: null, error: null });
    const timer = setTimeout(() => {
      const start = node ? `${scene}:${node}` : scene;
      begin(project, branch, { start, seed: first, at })
        .then((play) => !left && setBegun({ play, error: null }))
        .catch((error) => !left && setBegun({ play: null, error }));
    });
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [project, branch, at, scene, node, first]);
  return begun;
}
