import type { View } from "@/shell/view";
import { jobsText } from "./messages";

export const jobs: View = {
  name: "jobs",
  title: () => jobsText.now("title"),
  icon: "jobs",
  load: () => import("./Jobs"),
  projectless: true,
};
