import { useInfiniteQuery } from "@tanstack/react-query";
import type { Moment } from "@/api/queries";
import { tagOf, useLooks } from "@/views/play/pictures";
import { StageView } from "@/views/play/StageView";
import stageCss from "@/views/play/stage.module.css";
import type { Stage } from "@/views/play/staging";
import { TextBox } from "@/views/play/TextBox";
import css from "./characters.module.css";
import { charactersText } from "./messages";
import { type Character, linesQuery } from "./queries";

type Props = { moment: Moment; character: Character; expression: string };

/** How a character looks and speaks in a play, as it stands at this moment. */
export function Preview({ moment, character, expression }: Props) {
  const t = charactersText();
  const { id, name = "" } = character;
  const tag = tagOf(character);
  const attributes = expression.split(" ").filter(Boolean);
  const sprite = { tag, base: tag, attributes, at: [], layer: "master", zorder: "", expression: "" };
  const stage: Stage = {
    background: null,
    sprites: { [tag]: sprite },
    sounds: {},
    queued: {},
    voice: "",
    window: "",
  };
  const looks = useLooks(moment, stage);
  const first = useInfiniteQuery(linesQuery(moment, id)).data?.pages[0]?.items[0]?.text;
  const line = {
    type: "line",
    who: name,
    what: first ?? t("hello"),
    speaker: id,
    node: "",
    scene: "",
  } as const;
  const own = { ...character, linked_scene_ids: character.linked_scene_ids ?? [] };
  return (
    <figure className={css.preview} aria-label={t("preview")}>
      <div className={stageCss.hall}>
        <div className={stageCss.stage}>
          <StageView moment={moment} stage={stage} looks={looks} speaker={id} />
          <TextBox
            line={line}
            character={own}
            aside={false}
            upTo={Number.POSITIVE_INFINITY}
            waits={false}
            moment={moment}
          />
        </div>
      </div>
    </figure>
  );
}
