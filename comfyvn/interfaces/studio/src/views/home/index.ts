import type { View } from "@/shell/view";
import { homeText } from "./messages";

export const home: View = {
  name: "home",
  title: () => homeText.now("title"),
  icon: "home",
  load: () => import("./Home"),
  projectless: true,
};
