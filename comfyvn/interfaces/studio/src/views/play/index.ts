import type { View } from "@/shell/view";
import { playText } from "./messages";

export const play: View = {
  name: "play",
  title: () => playText.now("title"),
  icon: "play",
  load: () => import("./Play"),
};
