import type { Moment } from "@/api/queries";
import { Button } from "@/components/Button";
import { toastError } from "@/components/toasts";
import { go } from "@/shell/place";
import { playText } from "./messages";
import { begin, type Output, type Playing } from "./playing";
import { freshSeed } from "./seed";
import css from "./stage.module.css";

type Props = {
  playing: Playing;
  moment: Moment;
  onBack: () => void;
  onOpen: (play: string) => void;
  onLeave?: (() => void) | undefined;
};

/** What stands at the end of a play: why it ended, and where to go from here. */
export function Ending({ playing: { status, steps }, moment, onBack, onOpen, onLeave }: Props) {
  const t = playText();
  const end = steps
    .at(-1)
    ?.outputs.find((output): output is Extract<Output, { type: "end" }> => output.type === "end");
  const good = status.ended === "end";
  const node = end?.node;

  async function again(): Promise<void> {
    try {
      const { project, branch, at } = moment;
      onOpen(await begin(project, branch, { seed: freshSeed(), title: status.title, at }));
    } catch (error) {
      toastError(error);
    }
  }

  return (
    <div className={css.ending}>
      <h2>{good ? t("theEnd") : t(`stopped.${status.ended as "error" | "raw" | "max_steps"}`)}</h2>
      {end?.message && <p>{end.message}</p>}
      <div>
        <Button icon="back" onClick={onBack}>
          {t("key.back")}
        </Button>
        {!good && node && (
          <Button icon="edit" onClick={() => go({ view: "scenes", path: [end.scene, node] })}>
            {t("toLine")}
          </Button>
        )}
        <Button icon="play" onClick={() => void again()}>
          {t("again")}
        </Button>
        {onLeave && (
          <Button icon="home" onClick={onLeave}>
            {t("toStart")}
          </Button>
        )}
      </div>
    </div>
  );
}
