import { keepPreviousData, QueryClient, queryOptions, useQuery } from "@tanstack/react-query";
import { api, type Branch, type CharacterDocument, type SceneDocument } from "./client";
import type { Collection } from "./commands";
import { Away } from "./problems";

/** A state of a branch: its present one, or with `at` that of a past position. */
export type Moment = Branch & { readonly at?: number | undefined };

/** Answers of the server. Live updates say when to ask again, so nothing is asked for by the clock. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 10 * 60_000,
      retry: (_failures, error) => error instanceof Away,
      retryDelay: 1000,
      networkMode: "always",
      refetchOnWindowFocus: false,
      throwOnError: false,
    },
    mutations: { networkMode: "always" },
  },
});

/**
 * Keys begin with ["branch", project, branch] where they depend on the history of a branch; then come the projection,
 * what of it, and the position (null: now). Live updates ask again for all of a branch whose position is null.
 */
export function branchKey({ project, branch, at }: Moment, projection: string, ...what: unknown[]) {
  return ["branch", project, branch, projection, ...what, at ?? null] as const;
}

export const projectsQuery = queryOptions({
  queryKey: ["projects"],
  queryFn: async () => (await api.GET("/api/projects")).data,
});

export const projectQuery = (project: string) =>
  queryOptions({
    queryKey: ["project", project],
    queryFn: async () => (await api.GET("/api/projects/{project}", { params: { path: { project } } })).data,
    enabled: project !== "",
  });

export const settingsQuery = queryOptions({
  queryKey: ["settings"],
  queryFn: async () => (await api.GET("/settings/get")).data,
});

const asked = ({ project, branch, at }: Moment) => ({
  path: { project, branch },
  query: at === undefined ? {} : { at },
});

/** A scene, character … as lists show it: its own fields, without its parts. */
export type Listed<T> = Omit<T, "nodes">;
type Documents = { scenes: SceneDocument; characters: CharacterDocument };

/** All entities of a collection. */
export const listQuery = <C extends Collection>(moment: Moment, collection: C) =>
  queryOptions({
    queryKey: branchKey(moment, collection),
    queryFn: async () => {
      const path = `/api/projects/{project}/branches/{branch}/${collection}` as const;
      const { data } = await api.GET(path as "/api/projects/{project}/branches/{branch}/scenes", {
        params: asked(moment),
      });
      type Item = C extends keyof Documents ? Listed<Documents[C]> : Record<string, unknown> & { id: string };
      return data as unknown as { items: Item[]; position: number };
    },
    placeholderData: keepPreviousData,
  });

/** A scene with its version. */
export const sceneQuery = (moment: Moment, id: string) =>
  queryOptions({
    queryKey: branchKey(moment, "scenes", id),
    queryFn: async () => {
      const { data, response } = await api.GET(
        "/api/projects/{project}/branches/{branch}/scenes/{entity_id}",
        {
          params: { ...asked(moment), path: { ...asked(moment).path, entity_id: id } },
        },
      );
      return { scene: data as SceneDocument, version: versionOf(response) };
    },
  });

/** The version of an entity that an answer holds. */
export function versionOf(answer: Response): number {
  return Number(answer.headers.get("ETag")?.replaceAll('"', "") ?? 0);
}

export const historyQuery = (moment: Moment, options: { limit?: number; actor?: string } = {}) =>
  queryOptions({
    queryKey: branchKey(moment, "history", options),
    queryFn: async () => {
      const query = { ...asked(moment).query, ...options };
      const path = asked(moment).path;
      return (await api.GET("/api/projects/{project}/branches/{branch}/history", { params: { path, query } }))
        .data;
    },
    placeholderData: keepPreviousData,
  });

/** The change that was the last one at a position; the past does not change, so it is asked for once. */
export const changeQuery = ({ project, branch }: Branch, position: number) =>
  queryOptions({
    queryKey: ["past", project, branch, "change", position],
    queryFn: async () => {
      const params = { path: { project, branch }, query: { at: position, limit: 1 } };
      const { data } = await api.GET("/api/projects/{project}/branches/{branch}/history", { params });
      return data?.items[0] ?? null;
    },
  });

export function useScenes(moment: Moment) {
  return useQuery(listQuery(moment, "scenes"));
}

export function useCharacters(moment: Moment) {
  return useQuery(listQuery(moment, "characters"));
}
