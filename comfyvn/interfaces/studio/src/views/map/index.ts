import type { View } from "@/shell/view";
import { mapText } from "./messages";

export const map: View = {
  name: "map",
  title: () => mapText.now("title"),
  icon: "map",
  load: () => import("./Maps"),
};
