import { type KeyboardEvent, useMemo, useRef } from "react";
import { type Command, pressed, useCommands } from "@/shell/commands";
import { playText } from "./messages";

const KEYS = {
  advance: ["Space", " ", "Enter"],
  back: ["PageUp", "ArrowLeft", "Backspace"],
  forward: ["PageDown", "ArrowRight"],
  auto: ["A"],
  skip: ["S"],
  bare: ["H"],
  log: ["L"],
  side: ["I"],
  mute: ["M"],
  closed: ["C"],
  renew: ["R"],
} as const;

type Act = keyof typeof KEYS;
const ACTS = Object.keys(KEYS) as Act[];

/** What a reader does by keys; the theatre hears them itself, so that writing beside it is not disturbed. */
export function useKeys(acts: Record<Act, () => void>) {
  const t = playText();
  const latest = useRef(acts);
  latest.current = acts;
  const commands = useMemo<Command[]>(
    () =>
      ACTS.map((act) => ({
        id: `play.${act}`,
        title: t(`key.${act}`),
        keys: KEYS[act][0],
        group: t("title"),
        icon: "play",
        local: true,
        run: () => latest.current[act](),
      })),
    [t],
  );
  useCommands(commands);

  function writing({ target }: KeyboardEvent): boolean {
    return target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  }

  return {
    writing,
    /** Do what a key stands for; false where it stands for nothing here. */
    heard(event: KeyboardEvent): boolean {
      if (event.defaultPrevented || writing(event)) return false;
      const inside = event.target as HTMLElement;
      if (inside.closest("[role=tablist], [role=menu], [role=separator], dialog")) return false;
      if (/^(Enter| )$/.test(event.key) && inside.closest("button, a")) return false;
      const act = ACTS.find((name) => KEYS[name].some((key) => pressed(event, key)));
      if (act) latest.current[act]();
      return act !== undefined;
    },
  };
}
