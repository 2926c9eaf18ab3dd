import { useMemo } from "react";
import type { ViewProps } from "@/shell/view";
import { ProjectView } from "./ProjectView";
import { SceneView } from "./SceneView";

/** The map of the story, or that of the scene that the address names. */
export default function Maps({ path, project, branch, at }: ViewProps) {
  const moment = useMemo(() => ({ project, branch, at }), [project, branch, at]);
  const [scene, node] = path;
  if (scene) return <SceneView key={scene} moment={moment} scene={scene} node={node ?? null} />;
  return <ProjectView moment={moment} />;
}
