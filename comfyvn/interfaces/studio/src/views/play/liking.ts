import { create } from "zustand";
import { persist } from "zustand/middleware";

export type SideTab = "variables" | "log" | "record";

type Liking = {
  /** Characters per second; 0: at once. */
  cps: number;
  /** Seconds that a line stays when the play goes on by itself, beside the time of reading it. */
  wait: number;
  muted: boolean;
  /** From 0 to 1. */
  volume: number;
  /** Whether options that are not offered are shown too. */
  closed: boolean;
  side: boolean;
  tab: SideTab;
  set: (changes: Partial<Omit<Liking, "set">>) => void;
};

/** Characters per second that can be chosen. */
export const SPEEDS = [15, 30, 60, 120, 0] as const;

/** How the person of this browser likes to read. */
export const useLiking = create<Liking>()(
  persist(
    (set) => ({
      cps: 60,
      wait: 1,
      muted: true,
      volume: 0.7,
      closed: false,
      side: true,
      tab: "variables",
      set,
    }),
    { name: "comfyvn.play" },
  ),
);
