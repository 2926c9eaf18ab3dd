import { useMemo, useState } from "react";
import { useOutbox } from "@/api/outbox";
import { Toasts } from "@/components/Toasts";
import { THEMES, usePreferences } from "@/design/preferences";
import { Banners } from "./Banners";
import { Bar } from "./Bar";
import { Compare } from "./Compare";
import { type Command, useCommands } from "./commands";
import { shellText } from "./messages";
import { Palette } from "./Palette";
import { go, usePlace } from "./place";
import { Rail } from "./Rail";
import { Shortcuts } from "./Shortcuts";
import { SignIn } from "./SignIn";
import css from "./shell.module.css";
import { useUndo } from "./undo";
import { ViewStack } from "./ViewStack";
import { VIEWS } from "./views";

/** The frame around all views. */
export function App() {
  const place = usePlace();
  const t = shellText();
  const [over, setOver] = useState<"palette" | "shortcuts" | null>(null);
  const narrow = usePreferences(({ narrowRail }) => narrowRail);
  const undo = useUndo(place);
  const { undo: undoes, redo: redoes, run } = undo;
  const collided = useOutbox(({ collided }) => collided[0]);
  const titles = VIEWS.map(({ title }) => title()).join("\n");

  const commands = useMemo<readonly Command[]>(() => {
    const group = t("any");
    const named = titles.split("\n");
    const views = VIEWS.map((view, index) => ({
      id: `view.${view.name}`,
      title: t("goTo", { view: named[index] ?? view.name }),
      ...(index < 10 && { keys: `Alt+${(index + 1) % 10}` }),
      icon: view.icon,
      group,
      run: () => go({ view: view.name }),
    }));
    const themes = THEMES.filter((theme) => theme !== "system").map((theme) => ({
      id: `theme.${theme}`,
      title: t(theme),
      icon: "settings" as const,
      run: () => usePreferences.getState().set({ theme }),
    }));
    return [
      { id: "palette", title: t("search"), keys: "Mod+K", group, run: () => setOver("palette") },
      {
        id: "shortcuts",
        title: t("shortcutsShow"),
        keys: "?",
        icon: "keyboard",
        group,
        run: () => setOver("shortcuts"),
      },
      ...views,
      ...themes,
    ];
  }, [t, titles]);
  useCommands(commands);

  const changes = useMemo<readonly Command[]>(() => {
    const group = t("any");
    const words = (what: "undo" | "redo", name?: string) =>
      name ? t(what === "undo" ? "undoWhat" : "redoWhat", { what: name }) : t(what);
    return [
      {
        id: "undo",
        title: words("undo", undoes),
        keys: "Mod+Z",
        icon: "undo",
        group,
        disabled: !undoes,
        run: () => void run("undo"),
      },
      {
        id: "redo",
        title: words("redo", redoes),
        keys: "Mod+Shift+Z",
        icon: "redo",
        group,
        disabled: !redoes,
        run: () => void run("redo"),
      },
    ];
  }, [t, undoes, redoes, run]);
  useCommands(changes);

  return (
    <div className={`${css.shell} ${narrow ? css.narrow : ""}`}>
      <a className={css.skip} href="#view">
        {t("skip")}
      </a>
      <Rail />
      <Bar undo={undo} onSearch={() => setOver("palette")} />
      <main className={css.main} id="view" tabIndex={-1}>
        <Banners />
        <ViewStack />
      </main>
      {over === "palette" && <Palette onClose={() => setOver(null)} />}
      {over === "shortcuts" && <Shortcuts onClose={() => setOver(null)} />}
      {collided && <Compare key={collided.entry.key} collided={collided} />}
      <SignIn />
      <Toasts />
    </div>
  );
}
