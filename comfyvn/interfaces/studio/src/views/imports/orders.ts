import { api, type Schemas } from "@/api/client";
import type { Job } from "@/api/jobs";
import { type Uploading, upload } from "@/api/upload";
import { type Given, packed } from "@/dropping/files";

/** How sure a reader is that it knows a source, and what it saw. */
export type Candidate = Schemas["Probe"];

/** What is to be imported: files of this machine, or a path on that of the server. */
export type Source =
  | { readonly kind: "files"; readonly name: string; readonly files: readonly File[] }
  | { readonly kind: "path"; readonly name: string; readonly path: string };

export const POLICIES = ["merge", "branch", "fail", "replace"] as const;

export type Options = {
  /** Empty: the reader that is surest. */
  engine: string;
  /** Empty: where it came from or what has its title, else a new one. */
  project: string;
  policy: (typeof POLICIES)[number];
};

/** Make one source of files that were dropped: those with folders travel together in one file. */
export async function sourceOf(given: readonly Given[]): Promise<Source> {
  const [first] = given;
  if (!first) throw new Error("no files");
  const tops = new Set(given.map(({ path }) => path.split("/")[0]));
  const name = tops.size === 1 ? String([...tops][0]) : `${first.file.name} +${given.length - 1}`;
  if (given.every(({ path }) => !path.includes("/")))
    return { kind: "files", name, files: given.map(({ file }) => file) };
  const folder = tops.size === 1 ? name : "dropped";
  return { kind: "files", name, files: [await packed(given, `${folder}.zip`)] };
}

/** Ask which readers know a source. */
export async function probe(source: Source, uploading: Uploading): Promise<readonly Candidate[]> {
  if (source.kind === "path") {
    const { data } = await api.GET("/api/imports/probe", { params: { query: { path: source.path } } });
    return data?.items ?? [];
  }
  return (await upload<{ items: Candidate[] }>("/api/imports/probe", form(source.files, {}), uploading))
    .items;
}

/** Begin an import, or with `dryRun` look what would come. */
export async function begin(
  source: Source,
  options: Options,
  dryRun: boolean,
  uploading: Uploading,
): Promise<Job> {
  const { engine, project, policy } = options;
  const asked = { ...(engine && { engine }), ...(project && { project }), policy, dry_run: dryRun };
  if (source.kind === "path") {
    const { data } = await api.POST("/api/imports", { body: { ...asked, path: source.path } as never });
    return data as Job;
  }
  return upload<Job>("/api/imports", form(source.files, asked), uploading);
}

function form(files: readonly File[], fields: Readonly<Record<string, string | boolean>>): FormData {
  const made = new FormData();
  for (const [name, value] of Object.entries(fields)) made.append(name, String(value));
  for (const file of files) made.append("file", file, file.name);
  return made;
}
