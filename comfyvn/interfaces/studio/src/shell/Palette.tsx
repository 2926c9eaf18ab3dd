import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { useScenes } from "@/api/queries";
import { Icon } from "@/components/Icon";
import { type Command, keysShown, useOffered } from "./commands";
import { matches } from "./matching";
import { shellText } from "./messages";
import { go, usePlace } from "./place";
import css from "./shell.module.css";

const SHOWN = 50;

/** One field for everything: scenes, views and commands by a few letters of their names. */
export function Palette({ onClose }: { onClose: () => void }) {
  const t = shellText();
  const place = usePlace();
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const [asked, setAsked] = useState("");
  const [chosen, setChosen] = useState(0);
  const commands = useOffered().filter(({ run, disabled, id }) => run && !disabled && id !== "palette");
  const scenes = useScenes(place).data?.items ?? [];
  useEffect(() => dialog.current?.showModal(), []);

  const places: Command[] = scenes.map((scene) => ({
    id: `scene.${scene.id}`,
    title: scene.title || scene.id,
    group: t("paletteScenes"),
    icon: "scenes",
    run: () => go({ view: "scenes", path: [scene.id] }),
  }));
  const found = matches(asked, [...places, ...commands], ({ title }) => title).slice(0, SHOWN);

  function pick(command: Command | undefined): void {
    if (!command) return;
    onClose();
    command.run?.();
  }

  function move(event: KeyboardEvent): void {
    const next = { ArrowDown: chosen + 1, ArrowUp: chosen - 1, Home: 0, End: found.length - 1 }[event.key];
    if (event.key === "Enter") {
      event.preventDefault();
      pick(found[chosen]);
    } else if (next !== undefined) {
      event.preventDefault();
      const now = (next + found.length) % Math.max(found.length, 1);
      setChosen(now);
      document.getElementById(`${id}-${now}`)?.scrollIntoView({ block: "nearest" });
    }
  }

  return (
    <dialog
      ref={dialog}
      className={css.palette}
      aria-label={t("search")}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={(event) => event.target === dialog.current && onClose()}
    >
      <input
        className={css.asked}
        placeholder={t("palettePlaceholder")}
        aria-label={t("search")}
        role="combobox"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={found.length ? `${id}-${chosen}` : undefined}
        autoFocus
        value={asked}
        onChange={({ target }) => {
          setAsked(target.value);
          setChosen(0);
        }}
        onKeyDown={move}
      />
      <div className={css.found} id={id} role="listbox" aria-label={t("search")} tabIndex={-1}>
        {found.map((command, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above hears the keys
          <div
            key={command.id}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            className={css.option}
            aria-selected={index === chosen}
            onMouseMove={() => setChosen(index)}
            onClick={() => pick(command)}
          >
            <Icon name={command.icon ?? "next"} />
            {command.title}
            <span className={css.end}>
              {command.keys ? keysShown(command.keys).join(" ") : command.group}
            </span>
          </div>
        ))}
        {!found.length && <p className={css.option}>{t("paletteNothing")}</p>}
      </div>
    </dialog>
  );
}
