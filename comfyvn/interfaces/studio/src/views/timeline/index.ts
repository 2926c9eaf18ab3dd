import type { View } from "@/shell/view";
import { timelineText } from "./messages";

export const timeline: View = {
  name: "timeline",
  title: () => timelineText.now("title"),
  icon: "timeline",
  load: () => import("./Timelines"),
};
