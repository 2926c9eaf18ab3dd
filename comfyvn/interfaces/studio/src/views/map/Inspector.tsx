import type { ReactNode } from "react";
import { IconButton } from "@/components/Button";
import css from "./map.module.css";
import { mapText } from "./messages";

/** A pane over the map that tells of what is chosen. */
export function Inspector({
  title,
  onClose,
  children,
}: {
  title: string;
  onClose: () => void;
  children: ReactNode;
}) {
  const t = mapText();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
    <aside className={css.inspector} aria-label={t("inspector")} data-still tabIndex={0}>
      <header>
        <h2 dir="auto">{title}</h2>
        <IconButton small icon="close" label={t("close")} onClick={onClose} />
      </header>
      {children}
    </aside>
  );
}
