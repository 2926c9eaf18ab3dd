import type { View } from "@/shell/view";
import { settingsText } from "./messages";

export const settings: View = {
  name: "settings",
  title: () => settingsText.now("title"),
  icon: "settings",
  load: () => import("./Settings"),
  projectless: true,
};
