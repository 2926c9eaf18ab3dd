import { useEffect, useState } from "react";
import type { Moment } from "@/api/queries";
import { Icon, type IconName } from "@/components/Icon";
import css from "./assets.module.css";
import { type Asset, fileOf } from "./queries";

const ICONS: Record<Asset["type"], IconName> = {
  image: "assets",
  music: "volume",
  sound: "volume",
  voice: "volume",
  video: "play",
  font: "edit",
  text: "scenes",
  other: "more",
};
const TRIES = 4;
const PAUSE_MS = 1500;

/** The small picture of an asset, or the sign of its kind; one that is just being made is asked for again. */
export function Picture({ moment, asset }: { moment: Moment; asset: Asset }) {
  const [tries, setTries] = useState(0);
  const [broken, setBroken] = useState(false);
  useEffect(() => {
    if (!broken || tries >= TRIES) return;
    const timer = setTimeout(() => {
      setBroken(false);
      setTries(tries + 1);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [broken, tries]);
  const shown = asset.type === "image" || asset.type === "video";
  if (!shown || broken)
    return (
      <span className={css.picture}>
        <Icon name={ICONS[asset.type]} size={28} />
      </span>
    );
  const address = fileOf(moment, asset.id, "thumbnail");
  return (
    <span className={css.picture}>
      <img
        src={`${address}&v=${asset.hash.slice(0, 12)}${tries ? `.${tries}` : ""}`}
        alt=""
        loading="lazy"
        decoding="async"
        onError={() => setBroken(true)}
      />
    </span>
  );
}
