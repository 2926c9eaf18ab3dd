import { api, type Branch, type Outcome, type Schemas } from "@/api/client";
import { Problem } from "@/api/problems";
import { queries } from "@/api/queries";
import { toast, toastError } from "@/components/toasts";
import { historyText } from "./messages";

/** Something that both sides changed; `path` leads to it inside of its entity. */
export type Conflict = Pick<
  Schemas["ConflictItem"],
  "id" | "code" | "entity" | "base" | "ours" | "theirs"
> & {
  readonly path?: readonly string[];
  readonly name?: string;
  readonly field?: string;
};
/** How collisions are settled: by the id of each. */
export type Settled = Record<
  string,
  Schemas["Reverting"]["settled"] extends Record<string, infer S> | undefined ? S : never
>;

/** Do something that may collide; `collide` gets what does. Tells how it went, and whether it was done. */
export async function attempt(
  act: () => Promise<{ data?: Outcome }>,
  said: string,
  collide?: (conflicts: readonly Conflict[]) => void,
): Promise<boolean> {
  try {
    const { data } = await act();
    toast(data?.commit ? said : historyText.now("nothingToDo"), data?.commit ? "good" : "info");
    return true;
  } catch (error) {
    const found =
      error instanceof Problem && error.code === "conflicts" ? error.details.conflicts : undefined;
    if (collide && Array.isArray(found)) collide(found as Conflict[]);
    else toastError(error);
    return false;
  }
}

const at = ({ project, branch }: Branch) => ({ path: { project, branch } });

/** Take back one change, however old. */
export function revert(of: Branch, commit: string, settled: Settled = {}) {
  return api.POST("/api/projects/{project}/branches/{branch}/revert", {
    params: at(of),
    body: { commit, settled },
  });
}

/** Bring back what was at a position: all of it, an entity, or a part of one. */
export function restore(of: Branch, position: number, only?: string, part?: string) {
  const body = { position, only: only ? [only] : null, part: part ?? null };
  return api.POST("/api/projects/{project}/branches/{branch}/restore", { params: at(of), body });
}

export function merge(of: Branch, source: string, settled: Settled = {}) {
  return api.POST("/api/projects/{project}/branches/{branch}/merge", {
    params: at(of),
    body: { source, settled },
  });
}

/** Give a variant another name, close it, or open it again. */
export async function changeVariant(of: Branch, to: { name: string } | "close" | "reopen"): Promise<void> {
  const root = "/api/projects/{project}/branches/{branch}";
  if (typeof to === "object") await api.POST(`${root}/rename`, { params: at(of), body: to });
  else await api.POST(`${root}/${to}`, { params: at(of) });
  await queries.invalidateQueries({ queryKey: ["project", of.project] });
}

type Seen = readonly { readonly subject: string; readonly position: number }[];
const seen = (lines: Seen) => lines.map(({ subject, position }) => ({ subject, position }));

/** Accept what a machine or an import wrote, as it was seen. */
export function accept(of: Branch, lines: Seen) {
  const body = { lines: seen(lines) };
  return api.POST("/api/projects/{project}/branches/{branch}/review/accept", { params: at(of), body });
}

/** Bring back what was there before a machine or an import wrote it. */
export function reject(of: Branch, lines: Seen, settled: Settled = {}) {
  const body = { lines: seen(lines), settled };
  return api.POST("/api/projects/{project}/branches/{branch}/review/reject", { params: at(of), body });
}

/** Give a line that waits for a decision words of one's own. */
export function reword(of: Branch, { entity, part }: { entity: string; part: string }, text: string) {
  const params = { path: { ...at(of).path, entity_id: entity.slice(entity.indexOf(":") + 1) } };
  const path = "/api/projects/{project}/branches/{branch}/scenes/{entity_id}/reword-line";
  return api.POST(path, { params, body: { node_id: part, text } });
}

/** Take parts of entities, such as lines of a scene, over from another variant. */
export function take(
  of: Branch,
  source: string,
  parts: Schemas["TakingParts"]["parts"],
  settled: Settled = {},
) {
  const body = { source, parts, settled };
  return api.POST("/api/projects/{project}/branches/{branch}/take-parts", { params: at(of), body });
}
