import { cancelJob, isOpen, type Job } from "@/api/jobs";
import { duration, rate } from "@/i18n/measures";
import { messages } from "@/i18n/messages";
import { Button } from "./Button";
import { Chip, type Tone } from "./Chip";
import css from "./controls.module.css";
import { toastError } from "./toasts";

const TONES: Record<Job["status"], Tone | undefined> = {
  queued: undefined,
  running: "accent",
  done: "good",
  failed: "bad",
  cancelled: "warn",
};

export const jobText = messages({
  en: {
    queued: "Waiting",
    running: "Running",
    done: "Done",
    failed: "Failed",
    cancelled: "Cancelled",
    cancel: "Cancel",
    progress: "Progress of {job}",
    of: "{done} of {total}",
    left: "{time} left",
    import: "Import",
    "export-renpy": "Ren'Py project",
    "bundle-renpy": "Ren'Py bundle",
    "register-folder": "Register a folder",
    "rebuild-assets": "Rebuild assets",
    "enforce-assets": "Check assets",
    analysis: "Analysis",
  },
  de: {
    queued: "Wartet",
    running: "Läuft",
    done: "Fertig",
    failed: "Gescheitert",
    cancelled: "Abgebrochen",
    cancel: "Abbrechen",
    progress: "Fortschritt von {job}",
    of: "{done} von {total}",
    left: "noch {time}",
    import: "Import",
    "export-renpy": "Ren'Py-Projekt",
    "bundle-renpy": "Ren'Py-Paket",
    "register-folder": "Ordner aufnehmen",
    "rebuild-assets": "Medien neu aufbauen",
    "enforce-assets": "Medien prüfen",
    analysis: "Analyse",
  },
});

/** What a kind of job is called; kinds that the studio does not know keep their own name. */
export function jobName(type: string): string {
  return type in jobText.catalogue.en ? jobText.now(type as "import") : type;
}

export function JobStatus({ job }: { job: Job }) {
  const t = jobText();
  return <Chip tone={TONES[job.status]}>{t(job.status)}</Chip>;
}

/** How far a job is: its stage, what is done, how quick it is and how long it will take; with a way to stop it. */
export function JobProgress({ job }: { job: Job }) {
  const t = jobText();
  const open = isOpen(job);
  const facts = [
    job.stage,
    job.total > 0 ? t("of", { done: job.done, total: job.total }) : "",
    job.rate ? rate(job.rate) : "",
    job.eta_seconds ? t("left", { time: duration(job.eta_seconds) }) : "",
  ].filter(Boolean);
  return (
    <div className={css.job}>
      <div className={css.jobHead}>
        <JobStatus job={job} />
        {open && <span>{facts.join(" · ")}</span>}
        {open && (
          <Button small onClick={() => cancelJob(job.id).catch(toastError)}>
            {t("cancel")}
          </Button>
        )}
      </div>
      {open && (
        <progress
          className={css.progress}
          aria-label={t("progress", { job: jobName(job.type) })}
          {...(job.progress === null ? {} : { value: job.progress })}
        />
      )}
      {job.error && <p className={css.wrong}>{String(job.error.message ?? job.error.code)}</p>}
    </div>
  );
}
