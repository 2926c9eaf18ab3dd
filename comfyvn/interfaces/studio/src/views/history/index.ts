import type { View } from "@/shell/view";
import { historyText } from "./messages";

export const history: View = {
  name: "history",
  title: () => historyText.now("title"),
  icon: "history",
  load: () => import("./History"),
};
