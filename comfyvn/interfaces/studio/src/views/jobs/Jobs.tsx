import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { isOpen, type Job, jobLogQuery, jobsQuery, retryJob, useJob, useLiveJobs } from "@/api/jobs";
import { Button } from "@/components/Button";
import { Empty } from "@/components/Empty";
import { Select } from "@/components/Field";
import { JobProgress, JobStatus, jobName, jobText } from "@/components/JobProgress";
import { Log } from "@/components/Log";
import { Split } from "@/components/Split";
import { toastError } from "@/components/toasts";
import { VirtualList } from "@/components/VirtualList";
import { duration } from "@/i18n/measures";
import { ago } from "@/i18n/messages";
import { go } from "@/shell/place";
import type { ViewProps } from "@/shell/view";
import css from "./jobs.module.css";
import { jobsText } from "./messages";

const STATES = ["queued", "running", "done", "failed", "cancelled"] as const;

/** What the server works on and has worked on, and the log of each. */
export default function Jobs({ path }: ViewProps) {
  const t = jobsText();
  const [state, setState] = useState("");
  useLiveJobs();
  const { data } = useQuery(jobsQuery);
  const jobs = (data?.items ?? []).filter(({ status }) => !state || status === state);
  const [id] = path;
  const list = (
    <div className={css.list}>
      <header>
        <h1>{t("title")}</h1>
        <Select label={t("state")} value={state} onChange={({ target }) => setState(target.value)}>
          <option value="">{t("all")}</option>
          {STATES.map((name) => (
            <option key={name} value={name}>
              {jobText.now(name)}
            </option>
          ))}
        </Select>
      </header>
      <VirtualList label={t("list")} items={jobs} estimate={58} keyOf={(job) => job.id}>
        {(job) => <Row job={job} chosen={job.id === id} />}
      </VirtualList>
    </div>
  );
  return (
    <Split name="jobs" label={t("width")} side={list} width={320}>
      {id ? (
        <Details key={id} id={id} />
      ) : (
        data && (
          <Empty icon="jobs" title={t(data.items.length ? "choose" : "none")}>
            {!data.items.length && <p>{t("noneText")}</p>}
          </Empty>
        )
      )}
    </Split>
  );
}

function Row({ job, chosen }: { job: Job; chosen: boolean }) {
  return (
    <button
      type="button"
      className={css.row}
      aria-current={chosen ? "true" : undefined}
      onClick={() => go({ path: [job.id] })}
    >
      <strong>{jobName(job.type)}</strong>
      <JobStatus job={job} />
      <small>{ago(job.created_at)}</small>
      {job.status === "running" && job.progress !== null && <small>{Math.round(job.progress * 100)} %</small>}
    </button>
  );
}

function Details({ id }: { id: string }) {
  const t = jobsText();
  const job = useJob(id);
  const { data: log } = useQuery(jobLogQuery(id));
  if (!job) return null;
  const took = job.started_at && job.ended_at ? Date.parse(job.ended_at) - Date.parse(job.started_at) : null;
  const facts = [
    t("asked", { actor: job.actor, when: ago(job.created_at) }),
    took === null ? "" : t("took", { time: duration(took / 1000) }),
    job.attempts > 1 ? t("attempts", { count: job.attempts }) : "",
    job.device === "cpu" ? "" : t("on", { device: job.device }),
  ];
  return (
    <article className={css.details}>
      <header>
        <h2>{jobName(job.type)}</h2>
        {(job.status === "failed" || job.status === "cancelled") && (
          <Button icon="redo" onClick={() => retryJob(id).catch(toastError)}>
            {t("retry")}
          </Button>
        )}
        {job.download && (
          <a className={css.download} href={job.download} download>
            {t("download")}
          </a>
        )}
      </header>
      <p className={css.facts}>{facts.filter(Boolean).join(" · ")}</p>
      <JobProgress job={job} />
      <h3>{t("log")}</h3>
      <Log label={t("log")} text={log ?? ""} empty={t("noLog")} follow={isOpen(job)} />
      <Json title={t("input")} value={job.input_json} />
      {job.output_json && <Json title={t("output")} value={job.output_json} />}
    </article>
  );
}

function Json({ title, value }: { title: string; value: unknown }) {
  return (
    <details className={css.json}>
      <summary>{title}</summary>
      <pre>{JSON.stringify(value, null, 2).slice(0, 50_000)}</pre>
    </details>
  );
}
