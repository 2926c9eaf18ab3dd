import type { View } from "@/shell/view";
import { charactersText } from "./messages";

export const characters: View = {
  name: "characters",
  title: () => charactersText.now("title"),
  icon: "characters",
  load: () => import("./Characters"),
};
