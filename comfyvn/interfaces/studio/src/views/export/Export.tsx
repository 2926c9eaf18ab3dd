import { useId, useState } from "react";
import { api } from "@/api/client";
import { isOpen, useJob } from "@/api/jobs";
import { Button } from "@/components/Button";
import { jobName } from "@/components/JobProgress";
import { PastJobs } from "@/components/PastJobs";
import { toastError } from "@/components/toasts";
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
      <PastJobs
        title={t("earlier")}
        types={["export-renpy", "bundle-renpy"]}
        except={id}
        nameOf={(job) => (job.input_json.dry_run ? t("check") : jobName(job.type))}
      />
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
