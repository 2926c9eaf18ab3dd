import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, type CharacterDocument } from "@/api/client";
import { branchKey, type Listed, type Moment, useCharacters } from "@/api/queries";
import { nameOf, namesOn, type Shown, type Stage } from "./staging";

export type Character = Listed<CharacterDocument>;

/** The first word of the images of a character. */
export const tagOf = ({ image_tag, variable, name = "" }: Character): string =>
  (image_tag || variable || name.replace(/[^\p{L}\p{N}_]+/gu, "_").replace(/^_+|_+$/g, "")).toLowerCase();

/** What a stage looks and sounds like now: assets by the names that the story calls them, and the cast. */
export function useLooks(moment: Moment, stage: Stage | undefined) {
  const names = stage ? namesOn(stage) : [];
  const { data } = useQuery({
    queryKey: branchKey(moment, "meant", names),
    queryFn: async () => {
      const { project, branch, at } = moment;
      const query = { project, branch, name: names, ...(at === undefined ? {} : { at }) };
      const answer = await api.GET("/assets/meant", { params: { query } });
      return new Map(answer.data?.map(({ name, assets }) => [name, assets?.[0] ?? null]));
    },
    enabled: names.length > 0,
    placeholderData: keepPreviousData,
  });
  const cast = useCharacters(moment).data?.items ?? [];
  const byTag = new Map(cast.map((character) => [tagOf(character), character]));
  return {
    cast: new Map(cast.map((character) => [character.id, character])),
    /** Undefined: not known yet; null: there is none. */
    assetOf: (key: string): string | null | undefined => data?.get(key),
    characterOf: ({ tag, base }: Shown) => byTag.get(tag.toLowerCase()) ?? byTag.get(base.toLowerCase()),
    loaded: names.length === 0 || data !== undefined,
  };
}

export type Looks = ReturnType<typeof useLooks>;

/** The picture of a character where none is made for what is asked: that of the expression, else the portrait. */
export function standIn(character: Character | undefined, shown: Shown): string | null {
  if (!character) return null;
  const asked = nameOf(shown).split(" ").slice(1).join(" ");
  return character.expressions?.[asked] ?? character.portrait_asset_id ?? null;
}
