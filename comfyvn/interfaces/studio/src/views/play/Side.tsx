import { type KeyboardEvent, type ReactNode, useSyncExternalStore } from "react";
import { Dialog } from "@/components/Dialog";
import { Split } from "@/components/Split";
import { Tabs } from "@/components/Tabs";
import { type SideTab, useLiking } from "./liking";
import { playText } from "./messages";
import css from "./play.module.css";

const small = matchMedia("(max-width: 44rem)");
const TABS: readonly SideTab[] = ["variables", "log", "record"];

function useSmall(): boolean {
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
  onKeyDown: (event: KeyboardEvent) => void;
  children: ReactNode;
};

/** The theatre with what a writer wants to know beside it, or over it where there is little room. */
export function Side({ tabs, onKeyDown, children }: Props) {
  const t = playText();
  const { side, tab, set } = useLiking();
  const narrow = useSmall();
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
      {side && !narrow ? (
        <Split name="play" label={t("width")} side={panel} end width={320} min={240}>
          {children}
        </Split>
      ) : (
        children
      )}
      {side && narrow && (
        <Dialog title={t("side")} onClose={() => set({ side: false })}>
          {panel}
        </Dialog>
      )}
    </div>
  );
}
