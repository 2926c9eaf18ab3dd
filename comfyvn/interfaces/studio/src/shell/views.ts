import { assets } from "@/views/assets";
import { characters } from "@/views/characters";
import { exporting } from "@/views/export";
import { history } from "@/views/history";
import { home } from "@/views/home";
import { imports } from "@/views/imports";
import { jobs } from "@/views/jobs";
import { map } from "@/views/map";
import { play } from "@/views/play";
import { scenes } from "@/views/scenes";
import { settings } from "@/views/settings";
import { timeline } from "@/views/timeline";
import type { View } from "./view";

/** All views, in the order of the bar. A view is added by its folder in `views/` and a line here. */
export const VIEWS: readonly View[] = [
  home,
  scenes,
  map,
  characters,
  timeline,
  assets,
  imports,
  play,
  history,
  exporting,
  jobs,
  settings,
];
