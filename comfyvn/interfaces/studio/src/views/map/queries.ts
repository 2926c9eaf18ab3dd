import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, type Schemas } from "@/api/client";
import { branchKey, type Moment, queries } from "@/api/queries";

export type ProjectMap = Schemas["ProjectMap"];
export type SceneMap = Schemas["SceneMap"];

const asked = ({ project, branch, at }: Moment) =>
  at === undefined ? { project, branch } : { project, branch, at };

/** All scenes with their ways and places; with `findings`, what is wrong with each is counted, too. */
export const projectMapQuery = (moment: Moment, findings: boolean) =>
  queryOptions({
    queryKey: branchKey(moment, "map", "project", findings),
    queryFn: async () => {
      const { data } = await api.GET("/api/map", { params: { query: { ...asked(moment), findings } } });
      return data as ProjectMap;
    },
    placeholderData: keepPreviousData,
  });

/** The nodes of a scene with their ways and places. */
export const sceneMapQuery = (moment: Moment, scene: string) =>
  queryOptions({
    queryKey: branchKey(moment, "map", scene),
    queryFn: async () => {
      const params = { path: { scene }, query: asked(moment) };
      return (await api.GET("/api/scenes/{scene}/map", { params })).data as SceneMap;
    },
  });

type Places = Record<string, { x: number; y: number }>;

/** Keep where something stands. It is no part of the story, so there is nothing to undo. */
export async function keepPlaces(moment: Moment, scene: string | null, places: Places): Promise<void> {
  const query = asked(moment);
  const body = { places };
  if (scene === null) await api.PUT("/api/map/places", { params: { query }, body });
  else await api.PUT("/api/scenes/{scene}/map/places", { params: { path: { scene }, query }, body });
  await refresh(moment);
}

/** Have a map laid out anew, also what was placed by hand. */
export async function arrange(moment: Moment, scene: string | null): Promise<void> {
  const query = { ...asked(moment), everything: true };
  if (scene === null) await api.DELETE("/api/map/places", { params: { query } });
  else await api.DELETE("/api/scenes/{scene}/map/places", { params: { path: { scene }, query } });
  await refresh(moment);
}

const refresh = ({ project, branch }: Moment) =>
  queries.invalidateQueries({ queryKey: ["branch", project, branch, "map"] });
