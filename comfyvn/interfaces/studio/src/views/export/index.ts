import type { View } from "@/shell/view";
import { exportText } from "./messages";

export const exporting: View = {
  name: "export",
  title: () => exportText.now("title"),
  icon: "export",
  load: () => import("./Export"),
};
