import type { View } from "@/shell/view";
import { assetsText } from "./messages";

export const assets: View = {
  name: "assets",
  title: () => assetsText.now("title"),
  icon: "assets",
  load: () => import("./Assets"),
};
