import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, type CharacterDocument, type Schemas } from "@/api/client";
import { branchKey, type Moment, versionOf } from "@/api/queries";

export type Character = CharacterDocument;

const where = ({ project, branch, at }: Moment) => ({ project, branch, ...(at === undefined ? {} : { at }) });

/** A character with its version. */
export const characterQuery = (moment: Moment, id: string) =>
  queryOptions({
    queryKey: branchKey(moment, "characters", id),
    queryFn: async () => {
      const { project, branch, at } = moment;
      const { data, response } = await api.GET(
        "/api/projects/{project}/branches/{branch}/characters/{entity_id}",
        { params: { path: { project, branch, entity_id: id }, query: at === undefined ? {} : { at } } },
      );
      return { character: data as Character, version: versionOf(response) };
    },
  });

/** How much everybody says, by the ids of characters. */
export const wordsQuery = (moment: Moment) =>
  queryOptions({
    queryKey: branchKey(moment, "words"),
    queryFn: async () => {
      const { data } = await api.GET("/api/words", { params: { query: where(moment) } });
      return new Map(data?.characters.map((character) => [character.id, character]));
    },
  });

const PAGE = 100;
type Spoken = Schemas["SpokenLines"];

/** What a character says, page by page in the order of the story. */
export const linesQuery = (moment: Moment, character: string) =>
  infiniteQueryOptions({
    queryKey: branchKey(moment, "lines", character),
    queryFn: async ({ pageParam }) => {
      const query = { ...where(moment), offset: pageParam, limit: PAGE };
      const path = { character };
      return (await api.GET("/api/characters/{character}/lines", { params: { path, query } })).data as Spoken;
    },
    initialPageParam: 0,
    getNextPageParam: (last: Spoken, _pages: Spoken[], offset: number) =>
      offset + PAGE < last.total ? offset + PAGE : undefined,
  });

/** Names of images that the story shows and that have no asset yet. */
export const missingQuery = (moment: Moment) =>
  queryOptions({
    queryKey: branchKey(moment, "missing"),
    queryFn: async () => {
      const query = { ...where(moment), places: 0 };
      const items = (await api.GET("/assets/missing", { params: { query } })).data?.items ?? [];
      return items.filter(({ name }) => /^(image|pose):/.test(name));
    },
  });
