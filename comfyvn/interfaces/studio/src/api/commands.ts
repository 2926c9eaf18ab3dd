import type { Branch, Outcome } from "./client";
import { newId } from "./connection";
import { enqueue } from "./outbox";
import type { paths } from "./schema";

const PREFIX = "/api/projects/{project}/branches/{branch}";

export type Collection =
  | "scenes"
  | "characters"
  | "timelines"
  | "variables"
  | "templates"
  | "worlds"
  | "assets"
  | "provenance"
  | "translations"
  | "project";

/** Kinds of entities, by the collection that they stand in. */
export const KINDS: Readonly<Record<Collection, string>> = {
  scenes: "scene",
  characters: "character",
  timelines: "timeline",
  variables: "variable",
  templates: "template",
  worlds: "world",
  assets: "asset",
  provenance: "provenance",
  translations: "translation",
  project: "project",
};

type Posting = { post: { requestBody?: { content: { "application/json": unknown } } } };
type CommandPath<C extends Collection> = {
  [P in keyof paths]: P extends `${typeof PREFIX}/${C}/{entity_id}/${string}`
    ? paths[P] extends Posting
      ? P
      : never
    : never;
}[keyof paths];

/** Names of the commands for entities of a collection, such as "reword-line". */
export type Verb<C extends Collection> =
  CommandPath<C> extends infer P ? (P extends `${string}/{entity_id}/${infer V}` ? V : never) : never;

type Json<T> = T extends { requestBody?: infer R }
  ? NonNullable<R> extends { content: { "application/json": infer B } }
    ? NonNullable<B>
    : never
  : never;

/** What a command takes. */
export type Body<
  C extends Collection,
  V extends string,
> = `${typeof PREFIX}/${C}/{entity_id}/${V}` extends infer P
  ? P extends keyof paths
    ? paths[P] extends { post: infer Post }
      ? Json<Post>
      : never
    : never
  : never;

export type ChangeOptions = {
  /** The version (ETag) of the entity that the change was made on; without it the change is made on whatever is there. */
  version?: number | undefined;
  /** What is changed, for the person: shown where the change waits or collides. */
  label?: string;
  /** What it gives a new value, such as "reword n1": where an earlier such change still waits, this one replaces it. */
  replaces?: string;
};

/**
 * Change an entity: the command is kept until the server has taken it, also while the server is away or the page is
 * closed, and is never carried out twice.
 *
 * The promise ends with the outcome; it throws Problem where the command was refused (which was told already).
 */
export function change<C extends Collection, V extends Verb<C>>(
  at: Branch,
  collection: C,
  id: string,
  verb: V,
  body: Body<C, V>,
  options: ChangeOptions = {},
): Promise<Outcome> {
  const base = `/api/projects/${encodeURIComponent(at.project)}/branches/${encodeURIComponent(at.branch)}`;
  return enqueue({
    key: newId() + newId(),
    url: `${base}/${collection}/${encodeURIComponent(id)}/${verb}`,
    body,
    project: at.project,
    branch: at.branch,
    entity: `${KINDS[collection]}:${id}`,
    version: options.version ?? null,
    label: options.label ?? "",
    replaces: options.replaces ?? null,
  });
}
