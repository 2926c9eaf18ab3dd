import type { View } from "@/shell/view";
import { scenesText } from "./messages";

export const scenes: View = {
  name: "scenes",
  title: () => scenesText.now("title"),
  icon: "scenes",
  load: () => import("./Scenes"),
};
