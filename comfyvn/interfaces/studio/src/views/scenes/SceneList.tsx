import type { KeyboardEvent } from "react";
import { change } from "@/api/commands";
import type { Moment } from "@/api/queries";
import { IconButton } from "@/components/Button";
import { Menu, type MenuItem } from "@/components/Menu";
import { toast } from "@/components/toasts";
import { VirtualList } from "@/components/VirtualList";
import { keysShown, pressed } from "@/shell/commands";
import { go } from "@/shell/place";
import { scenesText } from "./messages";
import { placeMoved } from "./ordering";
import css from "./scenes.module.css";

type Listed = { id: string; title?: string; group?: string; order?: string };
type Props = { moment: Moment; scenes: readonly Listed[]; chosen: string | undefined; readOnly: boolean };

/** The scenes of a variant in the order of the script; they are moved and removed by keys or by the menu of each. */
export function SceneList({ moment, scenes, chosen, readOnly }: Props) {
  const t = scenesText();

  function move(id: string, step: 1 | -1): void {
    const place = placeMoved(scenes, id, step);
    if (place) void change(moment, "scenes", id, "place-scene", place);
  }

  function remove({ id, title }: Listed): void {
    const at = scenes.findIndex((scene) => scene.id === id);
    const next = scenes[at + 1] ?? scenes[at - 1];
    void change(moment, "scenes", id, "discard-scene", {}).then(() =>
      toast(t("sceneRemoved", { scene: title || id })),
    );
    go({ path: next ? [next.id] : [] });
  }

  function keyDown(event: KeyboardEvent<HTMLButtonElement>, scene: Listed): void {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const other = step && scenes[scenes.indexOf(scene) + step];
    if (!readOnly && pressed(event, "Alt+ArrowUp")) move(scene.id, -1);
    else if (!readOnly && pressed(event, "Alt+ArrowDown")) move(scene.id, 1);
    else if (!readOnly && event.key === "Delete") remove(scene);
    else if (other && !event.altKey)
      event.currentTarget
        .closest("nav")
        ?.querySelector<HTMLElement>(`[data-scene="${CSS.escape(other.id)}"]`)
        ?.focus();
    else return;
    event.preventDefault();
  }

  const items = (scene: Listed): MenuItem[] => [
    { label: t("sceneUp"), end: keysShown("Alt+ArrowUp").join(" "), onPick: () => move(scene.id, -1) },
    { label: t("sceneDown"), end: keysShown("Alt+ArrowDown").join(" "), onPick: () => move(scene.id, 1) },
    "rule",
    { label: t("sceneRemove"), icon: "trash", end: "Del", onPick: () => remove(scene) },
  ];

  return (
    <VirtualList label={t("list")} items={scenes} estimate={30} keyOf={(scene) => scene.id}>
      {(scene) => (
        <div className={css.scene} data-chosen={scene.id === chosen || undefined}>
          <button
            type="button"
            data-scene={scene.id}
            aria-current={scene.id === chosen ? "true" : undefined}
            onClick={() => go({ path: [scene.id] })}
            onKeyDown={(event) => keyDown(event, scene)}
          >
            {scene.title || scene.id}
          </button>
          {!readOnly && (
            <Menu label={t("sceneMenu", { scene: scene.title || scene.id })} items={items(scene)}>
              {(trigger) => (
                <IconButton
                  icon="more"
                  small
                  label={t("sceneMenu", { scene: scene.title || scene.id })}
                  {...trigger}
                />
              )}
            </Menu>
          )}
        </div>
      )}
    </VirtualList>
  );
}
