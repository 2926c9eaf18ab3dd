import { useEffect, useRef } from "react";
import type { Moment } from "@/api/queries";
import { fileOf } from "@/views/assets/queries";
import { useLiking } from "./liking";
import type { Looks } from "./pictures";
import { type Stage, soundKey } from "./staging";

/** Channels whose sounds begin again when they are over. */
const LOOPED = new Set(["music", "ambience"]);

type Props = { moment: Moment; stage: Stage; looks: Looks };

/** What is heard at a moment: one player for each channel, and the voice of the line. */
export function Sounds({ moment, stage, looks }: Props) {
  const heard = { ...stage.sounds, ...(stage.voice ? { voice: stage.voice } : {}) };
  return Object.entries(heard).map(([channel, file]) => {
    const asset = looks.assetOf(soundKey(file));
    return (
      asset && (
        <Sound
          key={`${channel} ${file}`}
          source={fileOf(moment, asset, "download")}
          loop={LOOPED.has(channel) && !stage.queued[channel]?.length}
        />
      )
    );
  });
}

function Sound({ source, loop }: { source: string; loop: boolean }) {
  const { muted, volume } = useLiking();
  const player = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    const found = player.current;
    if (!found) return;
    found.volume = volume;
    if (muted) found.pause();
    else void found.play().catch(() => {}); // a browser that wants a click first begins with the next one
  }, [muted, volume]);
  return (
    // biome-ignore lint/a11y/useMediaCaption: the words of a voice stand in the text box
    <audio ref={player} src={source} loop={loop} preload={muted ? "none" : "auto"} />
  );
}
