import { ago } from "@/i18n/messages";
import { shellText } from "@/shell/messages";
import { IconButton } from "./Button";
import { Icon } from "./Icon";
import css from "./overlays.module.css";
import { dismiss, type Toast, useToasts } from "./toasts";

const ICONS = { info: "bell", good: "check", error: "warning" } as const;

function ToastBox({ told, past }: { told: Toast; past?: boolean }) {
  const t = shellText();
  return (
    <div className={css.toast} data-kind={told.kind}>
      <Icon name={ICONS[told.kind]} size={18} />
      <div>
        <p>{told.text}</p>
        {told.details && (
          <details>
            <summary>{t("details")}</summary>
            <pre>{told.details}</pre>
          </details>
        )}
        {past && <small>{ago(new Date(told.at).toISOString())}</small>}
      </div>
      {!past && <IconButton icon="close" small label={t("close")} onClick={() => dismiss(told.id)} />}
    </div>
  );
}

/** What was told just now. */
export function Toasts() {
  const toasts = useToasts(({ toasts }) => toasts);
  return (
    <div className={css.toasts} role="status" aria-live="polite">
      {toasts
        .filter((told) => told.shown)
        .slice(0, 4)
        .map((told) => (
          <ToastBox key={told.id} told={told} />
        ))}
    </div>
  );
}

/** The last things that were told. */
export function PastToasts() {
  const toasts = useToasts(({ toasts }) => toasts);
  return (
    <div className={css.past}>
      {toasts.map((told) => (
        <ToastBox key={told.id} told={told} past />
      ))}
    </div>
  );
}
