import { useQuery } from "@tanstack/react-query";
import { isOpen, type Job, jobLogQuery } from "@/api/jobs";
import { Button } from "@/components/Button";
import { Chip } from "@/components/Chip";
import { JobProgress } from "@/components/JobProgress";
import { Log } from "@/components/Log";
import { toast, toastError } from "@/components/toasts";
import { go } from "@/shell/place";
import css from "./export.module.css";
import { exportText } from "./messages";

type Finding = {
  severity: "error" | "warning";
  code: string;
  message: string;
  scene: string | null;
  node: string | null;
};
type Output = {
  files?: string[];
  findings?: Finding[];
  folder?: string | null;
  written?: boolean;
  lint?: { ok: boolean; report: string };
};

const SHOWN = 300;

/** What the check found, and what was written. */
export function Result({ job }: { job: Job }) {
  const t = exportText();
  const { data: log } = useQuery(jobLogQuery(job.id));
  const output = job.output_json as Output | null;
  const findings = output?.findings ?? (job.error?.findings as Finding[] | undefined);
  const wrote = output?.written !== false;
  return (
    <section className={css.result}>
      <JobProgress job={job} />
      {output?.files && <h2>{t(wrote ? "wrote" : "would", { count: output.files.length })}</h2>}
      {output?.folder && <Folder path={output.folder} />}
      {job.download && (
        <p>
          <a className={css.download} href={job.download} download>
            {t("download")}
          </a>
        </p>
      )}
      {output?.lint && (
        <details open={!output.lint.ok}>
          <summary>{t(output.lint.ok ? "lintClean" : "lintFound")}</summary>
          <Log label={t("report")} text={output.lint.report} empty={t("noLog")} />
        </details>
      )}
      {findings && <Findings findings={findings} />}
      {output?.files && (
        <details>
          <summary>{t("files")}</summary>
          <ul className={css.files}>
            {output.files.slice(0, SHOWN).map((file) => (
              <li key={file}>{file}</li>
            ))}
          </ul>
        </details>
      )}
      <details>
        <summary>{t("log")}</summary>
        <Log label={t("log")} text={log ?? ""} empty={t("noLog")} follow={isOpen(job)} />
      </details>
    </section>
  );
}

function Folder({ path }: { path: string }) {
  const t = exportText();
  return (
    <div className={css.folder}>
      <p>{t("into")}</p>
      <code>{path}</code>
      <Button
        small
        onClick={() => navigator.clipboard.writeText(path).then(() => toast(t("copied"), "good"), toastError)}
      >
        {t("copy")}
      </Button>
    </div>
  );
}

function Findings({ findings }: { findings: readonly Finding[] }) {
  const t = exportText();
  if (!findings.length) return <p className={css.clean}>{t("clean")}</p>;
  const sorted = findings.toSorted((one, other) => one.severity.localeCompare(other.severity));
  return (
    <>
      <h3>{t("findings")}</h3>
      <ul className={css.findings}>
        {sorted.slice(0, SHOWN).map((finding) => (
          <li key={`${finding.code} ${finding.scene} ${finding.node} ${finding.message}`}>
            <Chip tone={finding.severity === "error" ? "bad" : "warn"}>
              {t(`severity.${finding.severity}`)}
            </Chip>
            <span>{finding.message}</span>
            {finding.scene && <Show scene={finding.scene} node={finding.node} />}
          </li>
        ))}
      </ul>
    </>
  );
}

function Show({ scene, node }: { scene: string; node: string | null }) {
  const t = exportText();
  return (
    <Button small onClick={() => go({ view: "scenes", path: node ? [scene, node] : [scene] })}>
      {t("open")}
    </Button>
  );
}
