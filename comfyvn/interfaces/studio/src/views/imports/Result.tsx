import { useQuery } from "@tanstack/react-query";
import { isOpen, type Job, jobLogQuery } from "@/api/jobs";
import { Button } from "@/components/Button";
import { Chip } from "@/components/Chip";
import { JobProgress } from "@/components/JobProgress";
import { Log } from "@/components/Log";
import { bytes } from "@/i18n/measures";
import { go } from "@/shell/place";
import { engineName } from "./Asking";
import { Code } from "./Code";
import css from "./imports.module.css";
import { importsText } from "./messages";
import { type Contents, counts, type Output, percent, type Warned } from "./results";

const SHOWN = 200;

/** How far an import is, and what it brought or would bring. */
export function Result({ job }: { job: Job }) {
  const t = importsText();
  const { data: log } = useQuery(jobLogQuery(job.id));
  const output = job.output_json as Output | null;
  return (
    <section className={css.result}>
      <JobProgress job={job} />
      {output && <Summary output={output} written={job.input_json.dry_run !== true} />}
      <details open={!output}>
        <summary>{t("log")}</summary>
        <Log label={t("log")} text={log ?? ""} empty={t("noLog")} follow={isOpen(job)} />
      </details>
    </section>
  );
}

function Summary({ output, written }: { output: Output; written: boolean }) {
  const t = importsText();
  const { contents, conflicts = [], warnings = [], project, branch = "main" } = output;
  const show = (view: string) => project && go({ project, branch, view, path: [], at: undefined });
  return (
    <>
      <h2>
        {t(written ? "came" : "would")} <Chip>{engineName(contents.engine)}</Chip>
      </h2>
      {conflicts.length > 0 && <p className={css.conflicts}>{t("conflicts", { count: conflicts.length })}</p>}
      {written && !conflicts.length && !output.events && <p>{t("nothingNew")}</p>}
      <ul className={css.counts}>
        {counts(contents).map(([name, count]) => (
          <li key={name}>{t(name, { count })}</li>
        ))}
        {contents.asset_bytes ? <li>{bytes(contents.asset_bytes)}</li> : null}
      </ul>
      {written && project && (
        <div className={css.buttons}>
          <Button look="primary" onClick={() => show("scenes")}>
            {t("open")}
          </Button>
          <Button onClick={() => show("history")}>{t("changes")}</Button>
        </div>
      )}
      <Understood contents={contents} />
      {written && project && !conflicts.length && <Code moment={{ project, branch }} />}
      <Licences contents={contents} />
      {warnings.length > 0 && <Warnings warnings={warnings} />}
      {contents.scenes.length > 0 && (
        <details>
          <summary>{t("titles")}</summary>
          <ol className={css.titles}>
            {contents.scenes.slice(0, SHOWN).map(({ id, title }) => (
              <li key={id}>{title || id}</li>
            ))}
          </ol>
        </details>
      )}
    </>
  );
}

/** How deep a source was understood, and what of it stays code. */
function Understood({ contents: { coverage, depth } }: { contents: Contents }) {
  const t = importsText();
  const raw = Object.entries(coverage.raw).toSorted(([, one], [, other]) => other - one);
  return (
    <div className={css.coverage}>
      <p>
        {coverage.total > 0 && t("coverage", { share: percent(coverage), total: coverage.total })}{" "}
        <Chip>{t(`depth.${depth}`)}</Chip>
      </p>
      {coverage.total > 0 && <progress value={coverage.recognised} max={coverage.total} aria-hidden="true" />}
      {raw.length > 0 && <p>{t("coverageText")}</p>}
      <ul>
        {raw.slice(0, 30).map(([kind, count]) => (
          <li key={kind}>
            <Chip>
              {kind} {count}
            </Chip>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Licences({ contents: { licences, flags } }: { contents: Contents }) {
  const t = importsText();
  if (!licences.length && !flags.length) return null;
  return (
    <div className={css.licences}>
      <h3>{t("licences")}</h3>
      <ul>
        {licences.slice(0, SHOWN).map(({ subject, said, licence, file, credit }) => (
          <li key={`${subject} ${said} ${file}`}>
            <Chip>{licence || said}</Chip>{" "}
            <small>{[subject, credit, file].filter(Boolean).join(" · ")}</small>
          </li>
        ))}
        {flags.slice(0, SHOWN).map(({ code, message, subject, licence }) => (
          <li key={`${code} ${subject} ${licence}`}>
            <Chip tone="warn">{t("flag")}</Chip> {message}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Warnings({ warnings }: { warnings: readonly Warned[] }) {
  const t = importsText();
  return (
    <details>
      <summary>{t("warnings", { count: warnings.length })}</summary>
      <ul className={css.warnings}>
        {warnings.slice(0, SHOWN).map((warned, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: warnings repeat, and the list never changes
          <li key={index}>
            <code>
              {warned.file}:{warned.line}
            </code>{" "}
            {warned.message}
          </li>
        ))}
      </ul>
    </details>
  );
}
