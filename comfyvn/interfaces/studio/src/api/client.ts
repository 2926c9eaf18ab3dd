import createClient from "openapi-fetch";
import { send } from "./connection";
import type { components, paths } from "./schema";

/** The API, typed by the document in which the server describes itself. Throws Away and Problem. */
export const api = createClient<paths>({ fetch: send });

export type Schemas = components["schemas"];
export type SceneDocument = Schemas["SceneDocument"];
export type NodeDocument = Schemas["NodeDocument"];
export type EdgeDocument = Schemas["EdgeDocument"];
export type CharacterDocument = Schemas["CharacterDocument"];
export type Commit = Schemas["CommitShape"];
export type Outcome = Schemas["OutcomeShape"];

/** A branch of a project, by the names in the address of the page. */
export type Branch = { readonly project: string; readonly branch: string };
