import type { EdgeDocument, NodeDocument, SceneDocument } from "@/api/client";
import { newId } from "@/api/connection";
import { type Moment, useCharacters } from "@/api/queries";
import { Button, IconButton } from "@/components/Button";
import { Chip } from "@/components/Chip";
import { Select } from "@/components/Field";
import { go } from "@/shell/place";
import { useCheck } from "@/views/scenes/useCheck";
import { Inspector } from "./Inspector";
import { Kept } from "./Kept";
import css from "./map.module.css";
import { mapText } from "./messages";
import { SceneSelect } from "./SceneSelect";
import type { MapNode } from "./surface/graph";
import type { Writing } from "./writing";

type Props = {
  moment: Moment;
  scene: SceneDocument;
  node: NodeDocument;
  shown: MapNode | undefined;
  write: Writing;
  titles: ReadonlyMap<string, string>;
  onChoose: (id: string | null) => void;
};

/** A line, choice or action, to be changed beside the map. */
export function NodeInspector({ moment, scene, node, shown, write, titles, onChoose }: Props) {
  const t = mapText();
  const characters = useCharacters(moment).data?.items ?? [];
  const past = moment.at !== undefined;
  const { id, type, content = "", conditions = [] } = node;
  const edges = node.next ?? [];
  const draw = (edge: EdgeDocument) => void write.write("draw-edge", { node_id: id, edge });
  const label = type === "choice" ? t("prompt") : type === "action" ? t("content") : t("text");
  const checks = useCheck(moment, conditions);

  return (
    <Inspector title={shown?.title ?? ""} onClose={() => onChoose(null)}>
      <p className={css.facts}>
        <Chip tone={type === "choice" ? "accent" : "warm"}>
          {type === "action" ? node.verb : t(type === "choice" ? "choice" : "line")}
        </Chip>
        {shown?.lost && <Chip tone="bad">{shown.lost}</Chip>}
        {shown?.ending && <Chip tone="good">{shown.ending}</Chip>}
      </p>
      {type !== "action" && (
        <Select
          label={t("speaker")}
          value={node.speaker ?? ""}
          disabled={past}
          onChange={({ currentTarget: { value } }) =>
            void write.write("reattribute-line", { node_id: id, speaker: value || null })
          }
        >
          <option value="">{t("narration")}</option>
          {characters.map((character) => (
            <option key={character.id} value={character.id}>
              {character.name || character.id}
            </option>
          ))}
        </Select>
      )}
      <Kept
        long={type === "text"}
        label={label}
        value={content}
        readOnly={past}
        onKeep={(text) => void write.write("reword-line", { node_id: id, text })}
      />
      {edges.map((edge, n) => (
        <Way
          key={edge.id}
          moment={moment}
          count={n + 1}
          type={node.type}
          edge={edge}
          titles={titles}
          onDraw={draw}
          onLine={() => void write.lineFor(edge).then(onChoose)}
          onErase={() => void write.write("erase-edge", { node_id: id, edge_id: edge.id })}
        />
      ))}
      {type === "choice" && !past && (
        <Button
          small
          icon="plus"
          onClick={() => draw({ id: newId(), text: t("optionNumber", { count: edges.length + 1 }) })}
        >
          {t("optionAdd")}
        </Button>
      )}
      {[...conditions, ""].map((condition, n) => (
        <Kept
          // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no name
          key={n}
          label={t(n ? "conditionMore" : "condition")}
          value={condition}
          readOnly={past}
          wrong={wrongOf(checks[n])}
          onKeep={(text) =>
            void write.write("guard-node", {
              node_id: id,
              conditions: [...conditions, ""].with(n, text.trim()).filter(Boolean),
            })
          }
        />
      ))}
      {!past && (
        <div className={css.buttons}>
          <Button small icon="back" onClick={() => void write.shift(scene, node, -1)}>
            {t("earlier")}
          </Button>
          <Button small icon="next" onClick={() => void write.shift(scene, node, 1)}>
            {t("later")}
          </Button>
          <Button small icon="edit" onClick={() => go({ view: "scenes", path: [scene.id, id] })}>
            {t("write")}
          </Button>
          <IconButton
            small
            icon="trash"
            look="danger"
            label={t("discard")}
            onClick={() => void write.remove(id)}
          />
        </div>
      )}
    </Inspector>
  );
}

function wrongOf(check: ReturnType<typeof useCheck>[number] | undefined): string | null {
  if (!check) return null;
  if (check.error) return check.error;
  return check.unknown.length ? mapText.now("unknown", { names: check.unknown.join(", ") }) : null;
}

type WayProps = {
  moment: Moment;
  count: number;
  type: NodeDocument["type"];
  edge: EdgeDocument;
  titles: ReadonlyMap<string, string>;
  onDraw: (edge: EdgeDocument) => void;
  onLine: () => void;
  onErase: () => void;
};

function Way({ moment, count, type, edge, titles, onDraw, onLine, onErase }: WayProps) {
  const t = mapText();
  const past = moment.at !== undefined;
  const [check] = useCheck(moment, edge.condition ? [edge.condition] : []);
  return (
    <fieldset className={css.option} disabled={past}>
      <legend>{t("optionNumber", { count })}</legend>
      {type === "choice" && (
        <Kept
          label={t("optionText", { count })}
          value={edge.text ?? ""}
          readOnly={past}
          onKeep={(text) => onDraw({ ...edge, text })}
        />
      )}
      <Kept
        label={t("optionIf", { count })}
        value={edge.condition ?? ""}
        readOnly={past}
        wrong={wrongOf(check)}
        onKeep={(condition) => onDraw({ ...edge, condition: condition.trim() || null })}
      />
      <SceneSelect
        label={t("target")}
        value={edge.scene ?? (edge.node ? `node ${edge.node}` : "")}
        titles={titles}
        disabled={past}
        onChange={(to) => onDraw({ ...edge, scene: to || null, node: null })}
      >
        <option value="">{t("next")}</option>
        {edge.node && !edge.scene && <option value={`node ${edge.node}`}>{edge.node}</option>}
      </SceneSelect>
      {!past && (
        <div className={css.buttons}>
          {!edge.scene && !edge.node && (
            <Button small icon="plus" onClick={onLine}>
              {t("optionLine")}
            </Button>
          )}
          <IconButton small icon="trash" label={t("optionErase", { count })} onClick={onErase} />
        </div>
      )}
    </fieldset>
  );
}
