import { useQuery } from "@tanstack/react-query";
import { type Job, jobsQuery, useLiveJobs } from "@/api/jobs";
import { ago } from "@/i18n/messages";
import { go } from "@/shell/place";
import { JobStatus } from "./JobProgress";
import css from "./layout.module.css";

type Props = {
  title: string;
  /** Kinds of jobs that are listed. */
  types: readonly string[];
  /** The job that is shown already. */
  except: string;
  nameOf: (job: Job) => string;
};

const SHOWN = 15;

/** The last jobs of some kinds, each to be looked at again in the view that lists them. */
export function PastJobs({ title, types, except, nameOf }: Props) {
  useLiveJobs();
  const { data } = useQuery(jobsQuery);
  const jobs = (data?.items ?? []).filter(({ type, id }) => types.includes(type) && id !== except);
  if (!jobs.length) return null;
  return (
    <section className={css.pastJobs}>
      <h2>{title}</h2>
      <ul>
        {jobs.slice(0, SHOWN).map((job) => (
          <li key={job.id}>
            <button type="button" onClick={() => go({ path: [job.id] })}>
              <span>{nameOf(job)}</span>
              <JobStatus job={job} />
              <small>{ago(job.created_at)}</small>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
