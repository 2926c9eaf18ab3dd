import { useEffect, useState } from "react";
import type { Moment } from "@/api/queries";
import { IconButton } from "@/components/Button";
import { playText } from "./messages";
import css from "./play.module.css";
import { freshSeed } from "./seed";
import { Theatre } from "./Theatre";
import { useBeginning } from "./useBeginning";

type Props = {
  moment: Moment;
  scene: string;
  /** The line where it begins; without it the start of the scene. */
  node?: string | undefined;
  onClose: () => void;
};

/** A play from one line on, for beside the writing. */
export default function Panel({ moment, scene, node, onClose }: Props) {
  const t = playText();
  const { play, error } = useBeginning(moment, scene, node, freshSeed);
  const [open, setOpen] = useState<string | null>(null);
  useEffect(() => setOpen(play), [play]);
  return (
    <section className={css.beside} aria-label={t("title")}>
      <IconButton className={css.shut} icon="close" label={t("close")} onClick={onClose} />
      {error && <p role="alert">{error.message}</p>}
      {open && <Theatre key={open} moment={moment} play={open} onOpen={setOpen} compact />}
    </section>
  );
}
