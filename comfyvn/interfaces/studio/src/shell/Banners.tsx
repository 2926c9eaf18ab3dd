import { api } from "@/api/client";
import { useConnection } from "@/api/connection";
import { useOutbox } from "@/api/outbox";
import { Button } from "@/components/Button";
import { toast, toastError } from "@/components/toasts";
import { shellText } from "./messages";
import { go, usePlace } from "./place";
import css from "./shell.module.css";

/** What holds for all that is shown: the server is away, or the past is looked at. */
export function Banners() {
  const { project, branch, at } = usePlace();
  const state = useConnection(({ state }) => state);
  const waiting = useOutbox(({ waiting }) => waiting.length);
  const t = shellText();

  async function restore(position: number): Promise<void> {
    try {
      const params = { path: { project, branch } };
      await api.POST("/api/projects/{project}/branches/{branch}/restore", { params, body: { position } });
      go({ at: undefined });
      toast(t("restored", { at: position }), "good");
    } catch (error) {
      toastError(error, t("problem"));
    }
  }

  return (
    <>
      <div role="alert">
        {state === "away" && (
          <div className={css.banner} data-kind="away">
            <span>{t("awayText")}</span>
            {waiting > 0 && <span>{t("awayWaiting", { count: waiting })}</span>}
          </div>
        )}
      </div>
      {at !== undefined && (
        <div className={css.banner} role="status">
          <span>{t("travel", { at })}</span>
          <Button small onClick={() => void restore(at)}>
            {t("restoreAll")}
          </Button>
          <Button small look="primary" onClick={() => go({ at: undefined })}>
            {t("travelEnd")}
          </Button>
        </div>
      )}
    </>
  );
}
