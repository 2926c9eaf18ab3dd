import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { api } from "@/api/client";
import { isOpen, type Job, jobsQuery, useJob, useLiveJobs } from "@/api/jobs";
import { Button } from "@/components/Button";
import { JobStatus, jobName } from "@/components/JobProgress";
import { toastError } from "@/components/toasts";
import { ago } from "@/i18n/messages";
import { go } from "@/shell/place";
import type { ViewProps } from "@/shell/view";
import css from "./export.module.css";
import { exportText } from "./messages";
import { Result } from "./Result";

const TARGETS = ["folder", "bundle"] as const;
const OPTIONS = ["strict", "stamps", "sign", "lint"] as const;
type Target = (typeof TARGETS)[number];
type Chosen = Record<(typeof OPTIONS)[number], boolean>;

/** Check a story, and take it out to another engine. */
export default function Export({ path, project, branch, at }: ViewProps) {
  const t = exportText();
  const [target, setTarget] = useState<Target>("folder");
  const [chosen, setChosen] = useState<Chosen>({ strict: false, stamps: true, sign: false, lint: false });
  const [asking, setAsking] = useState(false);
  const [id = ""] = path;
  const job = useJob(id);
  const working = asking || (job !== undefined && isOpen(job));
  const offered = OPTIONS.filter((option) => option !== "lint" || target === "folder");

  async function order(dryRun: boolean): Promise<void> {
    const { lint, ...rest } = chosen;
    const asked = { project, branch, ...(at === undefined ? {} : { at }), ...rest };
    setAsking(true);
    try {
      const { data } =
        target === "bundle" && !dryRun
          ? await api.POST("/bundle/renpy", { body: asked })
          : await api.POST("/export/renpy", { body: { ...asked, dry_run: dryRun, lint: lint && !dryRun } });
      if (data) go({ path: [data.id] });
    } catch (error) {
      toastError(error);
    } finally {
      setAsking(false);
    }
  }

  return (
    <div className={css.export}>
      <h1>{t("lead")}</h1>
      {at !== undefined && <p>{t("past")}</p>}
      <fieldset className={css.targets}>
        <legend className="visually-hidden">{t("target")}</legend>
        {TARGETS.map((name) => (
          <label key={name} className={css.target}>
            <input
              type="radio"
              name="target"
              checked={target === name}
              onChange={() => setTarget(name)}
              aria-describedby={`target-${name}`}
            />
            <strong>{t(name)}</strong>
            <span id={`target-${name}`}>{t(`${name}Text`)}</span>
          </label>
        ))}
      </fieldset>
      <fieldset className={css.options}>
        <legend>{t("options")}</legend>
        {offered.map((option) => (
          <Option
            key={option}
            label={t(option)}
            text={t(`${option}Text`)}
            checked={chosen[option]}
            onChange={(checked) => setChosen({ ...chosen, [option]: checked })}
          />
        ))}
      </fieldset>
      <div className={css.buttons}>
        <Button disabled={working} onClick={() => void order(true)}>
          {t("check")}
        </Button>
        <Button look="primary" icon="export" disabled={working} onClick={() => void order(false)}>
          {t("begin")}
        </Button>
      </div>
      {job && <Result key={job.id} job={job} />}
      <Earlier shown={id} />
    </div>
  );
}

type OptionProps = { label: string; text: string; checked: boolean; onChange: (checked: boolean) => void };

function Option({ label, text, checked, onChange }: OptionProps) {
  const id = useId();
  return (
    <div className={css.option}>
      <input
        id={id}
        type="checkbox"
        checked={checked}
        onChange={({ target }) => onChange(target.checked)}
        aria-describedby={`${id}-text`}
      />
      <label htmlFor={id}>{label}</label>
      <small id={`${id}-text`}>{text}</small>
    </div>
  );
}

const ours = ({ type }: Job) => type === "export-renpy" || type === "bundle-renpy";

function Earlier({ shown }: { shown: string }) {
  const t = exportText();
  useLiveJobs();
  const { data } = useQuery(jobsQuery);
  const jobs = (data?.items ?? []).filter((job) => ours(job) && job.id !== shown).slice(0, 10);
  if (!jobs.length) return null;
  return (
    <section className={css.earlier}>
      <h2>{t("earlier")}</h2>
      <ul>
        {jobs.map((job) => (
          <li key={job.id}>
            <button type="button" onClick={() => go({ path: [job.id] })}>
              <span>{job.input_json.dry_run ? t("check") : jobName(job.type)}</span>
              <JobStatus job={job} />
              <small>{ago(job.created_at)}</small>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
