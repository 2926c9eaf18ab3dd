import { go } from "@/shell/place";

const PLACES: Readonly<Record<string, string>> = {
  scene: "scenes",
  character: "characters",
  asset: "assets",
};

/** Go to what a subject such as `scene:ID/NODE` names. */
export function show(subject: string): void {
  const [kind = "", rest = ""] = subject.split(/:(.*)/s);
  const view = PLACES[kind];
  if (view) go({ view, path: rest.split("/") });
}
