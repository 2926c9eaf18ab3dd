import { useRef, useState } from "react";
import { isOpen, type Job, useJob } from "@/api/jobs";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { PastJobs } from "@/components/PastJobs";
import { toastError } from "@/components/toasts";
import { DropZone } from "@/dropping/DropZone";
import type { Given } from "@/dropping/files";
import { go } from "@/shell/place";
import type { ViewProps } from "@/shell/view";
import { Asking } from "./Asking";
import css from "./imports.module.css";
import { importsText } from "./messages";
import { begin, type Candidate, type Options, probe, type Source, sourceOf } from "./orders";
import { Result } from "./Result";

type Busy = { what: "packing" | "sending" | "looking"; name: string; share: number };

/** Bring in what exists: drop it, see what it is and what would come, and take it. */
export default function Imports({ path }: ViewProps) {
  const t = importsText();
  const [source, setSource] = useState<Source | null>(null);
  const [known, setKnown] = useState<readonly Candidate[]>([]);
  const [options, setOptions] = useState<Options>({ engine: "", project: "", policy: "merge" });
  const [busy, setBusy] = useState<Busy | null>(null);
  const stop = useRef<AbortController>(null);
  const [id = ""] = path;
  const job = useJob(id);

  async function sending<T>(name: string, work: (told: Uploading) => Promise<T>): Promise<T | undefined> {
    const controller = new AbortController();
    stop.current = controller;
    const onProgress = (share: number) => setBusy({ what: share < 1 ? "sending" : "looking", name, share });
    try {
      return await work({ onProgress, signal: controller.signal });
    } catch (error) {
      if (!controller.signal.aborted) toastError(error);
    } finally {
      setBusy(null);
    }
    return undefined;
  }

  async function look(found: Source): Promise<void> {
    setBusy({ what: "looking", name: found.name, share: 0 });
    const candidates = await sending(found.name, (uploading) => probe(found, uploading));
    if (!candidates) return;
    setKnown(candidates);
    setOptions({ engine: "", project: "", policy: "merge" });
    setSource(found);
  }

  async function take(given: Given[]): Promise<void> {
    setBusy({ what: "packing", name: "", share: 0 });
    try {
      await look(await sourceOf(given));
    } catch (error) {
      setBusy(null);
      toastError(error);
    }
  }

  async function order(dryRun: boolean): Promise<void> {
    if (!source) return;
    setBusy({ what: "sending", name: source.name, share: 0 });
    const made = await sending(source.name, (uploading) => begin(source, options, dryRun, uploading));
    if (made) go({ path: [made.id] });
  }

  function again(): void {
    setSource(null);
    go({ path: [] });
  }

  const working = busy !== null || (job !== undefined && isOpen(job));
  return (
    <div className={css.imports}>
      <header className={css.head}>
        <h1>{t("lead")}</h1>
        {(source || job) && (
          <Button disabled={working} onClick={again}>
            {t("again")}
          </Button>
        )}
      </header>
      {!source && !job && (
        <>
          <DropZone label={t("zone")} disabled={working} onFiles={(given) => void take(given)}>
            <p>{t("leadText")}</p>
          </DropZone>
          <PathField
            disabled={working}
            onPath={(path) => void look({ kind: "path", path, name: path.split(/[/\\]/).at(-1) ?? path })}
          />
        </>
      )}
      {busy && (
        <div className={css.busy} role="status">
          <p>{t(busy.what, { name: busy.name })}</p>
          {busy.what === "sending" && (
            <progress value={busy.share} aria-label={t("sending", { name: busy.name })} />
          )}
          <Button small onClick={() => stop.current?.abort()}>
            {t("stop")}
          </Button>
        </div>
      )}
      {source && (
        <Asking
          source={source}
          known={known}
          options={options}
          disabled={working}
          onChange={setOptions}
          onOrder={(dryRun) => void order(dryRun)}
        />
      )}
      {job && <Result key={job.id} job={job} />}
      <PastJobs title={t("past")} types={["import"]} except={id} nameOf={named} />
    </div>
  );
}

type Uploading = { onProgress: (share: number) => void; signal: AbortSignal };

function PathField({ disabled, onPath }: { disabled: boolean; onPath: (path: string) => void }) {
  const t = importsText();
  const [path, setPath] = useState("");
  return (
    <form
      className={css.path}
      onSubmit={(event) => {
        event.preventDefault();
        if (path.trim()) onPath(path.trim());
      }}
    >
      <Field
        label={t("path")}
        value={path}
        onChange={({ target }) => setPath(target.value)}
        spellCheck={false}
      />
      <Button type="submit" disabled={disabled || !path.trim()}>
        {t("pathGo")}
      </Button>
    </form>
  );
}

/** What an import brought in, by the names of its files. */
function named({ input_json: input }: Job): string {
  const files = (input.files as { name: string }[] | undefined) ?? [];
  const path = String(input.path ?? "").split(/[/\\]/);
  return files.length ? files.map(({ name }) => name).join(", ") : String(path.at(-1));
}
