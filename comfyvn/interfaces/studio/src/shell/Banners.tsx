import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { api } from "@/api/client";
import { useConnection } from "@/api/connection";
import { useOutbox } from "@/api/outbox";
import { changeQuery } from "@/api/queries";
import { Button } from "@/components/Button";
import { toast, toastError } from "@/components/toasts";
import { locale } from "@/i18n/messages";
import { shellText } from "./messages";
import { go, usePlace } from "./place";
import css from "./shell.module.css";

const Scrubber = lazy(() => import("@/views/history/Scrubber"));

/** What holds for all that is shown: the server is away, or the past is looked at. */
export function Banners() {
  const { project, branch, at, view } = usePlace();
  const state = useConnection(({ state }) => state);
  const waiting = useOutbox(({ waiting }) => waiting.length);
  const t = shellText();
  const { data: last } = useQuery({
    ...changeQuery({ project, branch }, at ?? 0),
    enabled: at !== undefined && project !== "",
  });
  const when = last && new Date(last.at).toLocaleString(locale(), { dateStyle: "long", timeStyle: "short" });

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
          <span>{when ? t("travelTo", { when, what: last.name }) : t("travel", { at })}</span>
          <Button small onClick={() => void restore(at)}>
            {t("restoreAll")}
          </Button>
          <Button small look="primary" onClick={() => go({ at: undefined })}>
            {t("travelEnd")}
          </Button>
        </div>
      )}
      {at !== undefined && view !== "history" && (
        <Suspense>
          <Scrubber of={{ project, branch }} at={at} />
        </Suspense>
      )}
    </>
  );
}
