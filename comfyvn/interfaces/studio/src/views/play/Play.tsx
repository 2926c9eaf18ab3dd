import { useEffect } from "react";
import { Button } from "@/components/Button";
import { Empty } from "@/components/Empty";
import { go, here } from "@/shell/place";
import type { ViewProps } from "@/shell/view";
import { playText } from "./messages";
import css from "./play.module.css";
import { Start } from "./Start";
import { freshSeed } from "./seed";
import { Theatre } from "./Theatre";
import { useBeginning } from "./useBeginning";

/** In addresses it stands before the id of a playthrough. */
const PLAYTHROUGH = "-";

/** Plays the story: `play/SCENE/NODE?seed=` begins there, `play/-/ID` goes on with a playthrough. */
export default function Play({ path, ...moment }: ViewProps) {
  const [first, second] = path;
  if (first === PLAYTHROUGH && second)
    return (
      <div className={css.view}>
        <h1 className="visually-hidden">{playText.now("title")}</h1>
        <Theatre key={second} moment={moment} play={second} onOpen={open} onLeave={leave} />
      </div>
    );
  if (first) return <Beginning moment={moment} scene={first} node={second} />;
  return <Start moment={moment} onOpen={open} />;
}

const open = (play: string): void => go({ path: [PLAYTHROUGH, play] });
const leave = (): void => go({ path: [] });

type Props = { moment: Omit<ViewProps, "path">; scene: string; node: string | undefined };

function Beginning({ moment, scene, node }: Props) {
  const t = playText();
  const { play, error } = useBeginning(moment, scene, node, here().seed ?? freshSeed);
  useEffect(() => {
    if (play) go({ path: [PLAYTHROUGH, play] }, { replace: true });
  }, [play]);
  if (error)
    return (
      <Empty icon="warning" title={error.message}>
        <Button onClick={leave}>{t("toStart")}</Button>
      </Empty>
    );
  return <p className="visually-hidden">{t("loading")}</p>;
}
