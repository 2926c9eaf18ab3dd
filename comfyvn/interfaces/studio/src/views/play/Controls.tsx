import { Button, IconButton } from "@/components/Button";
import { Menu } from "@/components/Menu";
import { writeAt } from "./beside";
import { SPEEDS, useLiking } from "./liking";
import { playText } from "./messages";
import css from "./play.module.css";
import type { Line, Status } from "./playing";
import type { Mode } from "./Theatre";
import type { Renewal } from "./useRenewal";

const WAITS = [0.5, 1, 2, 4] as const;

type Props = {
  status: Status;
  line: Line | null;
  mode: Mode;
  renewal: Renewal;
  /** Whether what stands beside the stage is shown. */
  side: boolean;
  onSide: () => void;
  onRoll: (steps: number) => void;
  onMode: (mode: Mode) => void;
  onNext: () => void;
  onLeave?: (() => void) | undefined;
};

/** The bar below the stage. */
export function Controls({
  status,
  line,
  mode,
  renewal,
  side,
  onSide,
  onRoll,
  onMode,
  onNext,
  onLeave,
}: Props) {
  const t = playText();
  const { cps, wait, muted, closed, set } = useLiking();
  const speeds = SPEEDS.map((speed) => ({
    label: speed ? t("speedOf", { speed }) : t("speedAtOnce"),
    checked: cps === speed,
    onPick: () => set({ cps: speed }),
  }));
  const waits = WAITS.map((seconds) => ({
    label: t("waitOf", { seconds }),
    checked: wait === seconds,
    onPick: () => set({ wait: seconds }),
  }));
  const node = line?.node;
  const modes = (["auto", "skip"] as const).map((way) => (
    <Button
      key={way}
      small
      look={mode === way ? "primary" : "plain"}
      aria-pressed={mode === way}
      onClick={() => onMode(mode === way ? "read" : way)}
    >
      {t(way)}
    </Button>
  ));
  return (
    <div className={css.controls} role="toolbar" aria-label={t("controls")}>
      {onLeave && <IconButton icon="home" label={t("toStart")} onClick={onLeave} />}
      <IconButton icon="back" label={t("key.back")} disabled={!status.depth} onClick={() => onRoll(1)} />
      <IconButton icon="redo" label={t("key.forward")} disabled={!status.undone} onClick={() => onRoll(-1)} />
      <IconButton
        icon="next"
        label={t("key.advance")}
        disabled={status.menu !== null || status.ended !== null}
        onClick={onNext}
      />
      {modes}
      <span className={css.grow} />
      {renewal.offered && (
        <Button small className={css.renew} icon="redo" title={t("renewHint")} onClick={renewal.run}>
          {t("renew")}
        </Button>
      )}
      {node && <IconButton icon="edit" label={t("editLine")} onClick={() => writeAt(line.scene, node)} />}
      <IconButton
        icon={muted ? "muted" : "volume"}
        label={muted ? t("unmute") : t("mute")}
        aria-pressed={!muted}
        onClick={() => set({ muted: !muted })}
      />
      <Menu
        label={t("reading")}
        items={[
          ...speeds,
          "rule",
          ...waits,
          "rule",
          { label: t("showClosed"), checked: closed, onPick: () => set({ closed: !closed }) },
        ]}
      >
        {(trigger) => <IconButton icon="settings" label={t("reading")} {...trigger} />}
      </Menu>
      <IconButton icon="rail" label={t("key.side")} aria-pressed={side} onClick={onSide} />
    </div>
  );
}
