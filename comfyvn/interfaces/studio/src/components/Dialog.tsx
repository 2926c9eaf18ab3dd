import { type ReactNode, useEffect, useId, useRef } from "react";
import { shellText } from "@/shell/messages";
import { IconButton } from "./Button";
import css from "./overlays.module.css";

type Props = {
  title: string;
  onClose: () => void;
  wide?: boolean;
  /** Buttons at its end. */
  foot?: ReactNode;
  children: ReactNode;
};

/** A dialog over everything else. The browser keeps the focus inside, and gives it back; Escape closes it. */
export function Dialog({ title, onClose, wide, foot, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const t = shellText();
  useEffect(() => {
    const found = dialog.current;
    found?.showModal();
    found?.querySelector<HTMLElement>("input, textarea, select")?.focus();
    return () => found?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={`${css.dialog} ${wide ? css.wide : ""}`}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={(event) => event.target === dialog.current && onClose()}
    >
      <header className={css.head}>
        <h2 id={id}>{title}</h2>
        <IconButton icon="close" label={t("close")} onClick={onClose} />
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys */}
      <div className={css.body} tabIndex={0} role="group" aria-labelledby={id}>
        {children}
      </div>
      {foot && <footer className={css.foot}>{foot}</footer>}
    </dialog>
  );
}
