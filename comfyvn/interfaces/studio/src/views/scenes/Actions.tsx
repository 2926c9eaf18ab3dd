import { IconButton } from "@/components/Button";
import { Menu, type MenuItem } from "@/components/Menu";
import { keysShown } from "@/shell/commands";
import { playBeside } from "@/views/play/beside";
import { Blame } from "./Blame";
import { isFresh, type ScriptRow, useEditor } from "./editor";
import { scenesText } from "./messages";
import { choiceBelow, lineBelow, moveRow, removeRow } from "./rowKeys";
import css from "./script.module.css";

const keys = (told: string) => keysShown(told).join(" ");

/** What stands before a row: its number, who wrote it, and what can be done with it. */
export function Actions({ row, index }: { row: ScriptRow; index: number }) {
  const t = scenesText();
  const editor = useEditor();
  const moves: MenuItem[] = row.edge
    ? []
    : [
        { label: t("moveUp"), end: keys("Alt+ArrowUp"), onPick: () => moveRow(editor, row, -1) },
        { label: t("moveDown"), end: keys("Alt+ArrowDown"), onPick: () => moveRow(editor, row, 1) },
      ];
  const leads: MenuItem[] =
    row.edge && row.node.type === "choice"
      ? [
          "rule",
          ...[null, ...editor.titles.keys()].slice(0, 200).map((scene) => ({
            label: scene === null ? t("goesOn") : t("leadsTo", { scene: editor.titles.get(scene) ?? scene }),
            checked: (row.edge?.scene ?? null) === scene,
            onPick: () =>
              row.edge &&
              editor.act("draw-edge", { node_id: row.node.id, edge: { ...row.edge, scene, node: null } }),
          })),
        ]
      : [];
  const items: MenuItem[] = [
    { label: t("lineBelow"), icon: "plus", end: keys("Enter"), onPick: () => lineBelow(editor, row) },
    {
      label: t("choiceBelow"),
      icon: "choice",
      end: keys("Mod+Enter"),
      onPick: () => choiceBelow(editor, row),
    },
    { label: t("condition"), icon: "filter", end: keys("Mod+I"), onPick: () => editor.guard(row.key) },
    ...moves,
    ...leads,
    "rule",
    {
      label: t("playHere"),
      icon: "play",
      end: keys("Alt+P"),
      onPick: () => playBeside(editor.moment, editor.scene.id, row.node.id),
    },
    { label: t("remove"), icon: "trash", end: keys("Alt+Backspace"), onPick: () => removeRow(editor, row) },
  ];
  return (
    <div className={css.gutter}>
      {!isFresh(row) && <Blame node={row.node} number={index + 1} />}
      {!editor.readOnly && !isFresh(row) && (
        <Menu label={t("rowMenu", { number: index + 1 })} items={items}>
          {({ ref, ...trigger }) => (
            <IconButton
              ref={ref}
              icon="grip"
              small
              className={css.grip}
              label={t("rowMenu", { number: index + 1 })}
              {...trigger}
              tabIndex={-1}
              draggable
              onDragStart={(event) => event.dataTransfer.setData("application/x-comfyvn-node", row.node.id)}
            />
          )}
        </Menu>
      )}
    </div>
  );
}
