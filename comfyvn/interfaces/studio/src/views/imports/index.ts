import type { View } from "@/shell/view";
import { importsText } from "./messages";

export const imports: View = {
  name: "imports",
  title: () => importsText.now("title"),
  icon: "imports",
  load: () => import("./Imports"),
  projectless: true,
};
