import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { change } from "@/api/commands";
import { newId } from "@/api/connection";
import { type Moment, sceneQuery } from "@/api/queries";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Field } from "@/components/Field";
import css from "./map.module.css";
import { mapText } from "./messages";

type Props = {
  moment: Moment;
  from: string;
  to: string;
  titles: ReadonlyMap<string, string>;
  onClose: () => void;
};

/** Asks how one scene leads to another: at its end, by a jump or a call, or by an option of one of its choices. */
export function Connect({ moment, from, to, titles, onClose }: Props) {
  const t = mapText();
  const id = useId();
  const { data } = useQuery(sceneQuery(moment, from));
  const choices = data?.scene.nodes?.filter(({ type }) => type === "choice") ?? [];
  const [how, setHow] = useState("end");
  const [words, setWords] = useState("");
  const names = { from: titles.get(from) ?? from, to: titles.get(to) ?? to };

  async function draw(): Promise<void> {
    onClose();
    const options = { label: names.from };
    if (how === "end") await change(moment, "scenes", from, "lead-scene-on", { falls_to: to }, options);
    else if (how === "jump" || how === "call") {
      const body = { node_id: newId(), verb: how, edges: [{ id: newId(), scene: to }] };
      await change(moment, "scenes", from, "place-action", body, options);
    } else {
      const edge = { id: newId(), text: words || names.to, scene: to };
      await change(moment, "scenes", from, "draw-edge", { node_id: how, edge }, options);
    }
  }

  const ways: [string, string][] = [
    ["end", t("wayEnd")],
    ["jump", t("wayJump")],
    ["call", t("wayCall")],
    ...choices.map((node): [string, string] => [
      node.id,
      t("wayOption", { prompt: node.content || node.next?.[0]?.text || t("choice") }),
    ]),
  ];
  return (
    <Dialog
      title={t("way", names)}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button look="primary" onClick={() => void draw()}>
            {t("draw")}
          </Button>
        </>
      }
    >
      <div className={css.ways} role="radiogroup" aria-label={t("way", names)}>
        {ways.map(([value, label]) => (
          <label key={value}>
            <input
              type="radio"
              name={id}
              value={value}
              checked={how === value}
              onChange={() => setHow(value)}
            />
            {label}
          </label>
        ))}
        {choices.some((node) => node.id === how) && (
          <Field
            label={t("optionWords")}
            value={words}
            placeholder={names.to}
            onChange={(event) => setWords(event.currentTarget.value)}
          />
        )}
      </div>
    </Dialog>
  );
}
