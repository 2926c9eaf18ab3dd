import { type KeyboardEvent, type ReactNode, useSyncExternalStore } from "react";
import { Dialog } from "@/components/Dialog";
import { Split } from "@/components/Split";
import { Tabs } from "@/components/Tabs";
import { type SideTab, useLiking } from "./liking";
import { playText } from "./messages";
import css from "./play.module.css";

const small = matchMedia("(max-width: 44rem)");
const TABS: readonly SideTab[] = ["variables", "log", "record"];

/** Whether the window is that of a phone. */
export function useSmall(): boolean {
  return useSyncExternalStore(
    (listener) => {
      small.addEventListener("change", listener);
      return () => small.removeEventListener("change", listener);
    },
    () => small.matches,
  );
}

type Props = {
  tabs: Record<SideTab, ReactNode>;
  open: boolean;
  /** Whether there is no room beside the theatre. */
  narrow: boolean;
  onClose: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
  children: ReactNode;
};

/** The theatre with what a writer wants to know beside it, or over it where there is little room. */
export function Side({ tabs, open, narrow, onClose, onKeyDown, children }: Props) {
  const t = playText();
  const { tab, set } = useLiking();
  const panel = (
    <div className={css.side}>
      <Tabs
        label={t("side")}
        tabs={TABS.map((id) => ({ id, title: t(id) }))}
        chosen={tab}
        onChoose={(id) => set({ tab: id })}
      >
        <div className={css.panel}>{tabs[tab]}</div>
      </Tabs>
    </div>
  );
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: hears the keys of all that is in it
    <div className={css.whole} onKeyDown={onKeyDown}>
      {open && !narrow ? (
        <Split name="play" label={t("width")} side={panel} end width={320} min={240}>
          {children}
        </Split>
      ) : (
        children
      )}
      {open && narrow && (
        <Dialog title={t("side")} onClose={onClose}>
          {panel}
        </Dialog>
      )}
    </div>
  );
}
