import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, type Schemas } from "@/api/client";
import { branchKey, type Moment } from "@/api/queries";

export type Asset = Schemas["AssetRow"];
export type Lineage = Schemas["Lineage"];

export const TYPES = ["image", "music", "sound", "voice", "video", "font", "text", "other"] as const;

export type Filters = {
  text: string;
  type: "" | (typeof TYPES)[number];
  tag: string;
  licence: string;
  rating: string;
  state: "" | "unused" | "missing";
};
export const NO_FILTERS: Filters = { text: "", type: "", tag: "", licence: "", rating: "", state: "" };

const PAGE = 500;

const where = ({ project, branch, at }: Moment) => ({ project, branch, ...(at === undefined ? {} : { at }) });

/** Assets that fit the filters, page by page. */
export const assetsQuery = (moment: Moment, filters: Filters) =>
  infiniteQueryOptions({
    queryKey: branchKey(moment, "assets", "pages", filters),
    queryFn: async ({ pageParam }) => {
      const { state, ...rest } = filters;
      const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value));
      const query = {
        ...where(moment),
        ...given,
        ...(state ? { [state]: true } : {}),
        ...(pageParam ? { cursor: pageParam } : {}),
        limit: PAGE,
      };
      const { data } = await api.GET("/assets", { params: { query } });
      return data as Schemas["AssetPage"];
    },
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
  });

export const assetQuery = (moment: Moment, asset: string) =>
  queryOptions({
    queryKey: branchKey(moment, "assets", asset),
    queryFn: async () => {
      const { data } = await api.GET("/assets/{asset}", {
        params: { path: { asset }, query: where(moment) },
      });
      return data as Asset;
    },
  });

export const usesQuery = (moment: Moment, asset: string) =>
  queryOptions({
    queryKey: branchKey(moment, "assets", asset, "uses"),
    queryFn: async () => {
      const { data } = await api.GET("/assets/{asset}/where-used", {
        params: { path: { asset }, query: where(moment) },
      });
      return data as Schemas["Uses"];
    },
  });

export const lineageQuery = (moment: Moment, asset: string) =>
  queryOptions({
    queryKey: branchKey(moment, "assets", asset, "lineage"),
    queryFn: async () => {
      const query = { ...where(moment), limit: 300 };
      const { data } = await api.GET("/api/provenance/{asset}/lineage", {
        params: { path: { asset }, query },
      });
      return data as Lineage;
    },
  });

/** The address of the content of an asset, or of its small picture. */
export function fileOf(moment: Moment, asset: string, what: "download" | "thumbnail"): string {
  const query = new URLSearchParams({ project: moment.project, branch: moment.branch });
  if (moment.at !== undefined) query.set("at", String(moment.at));
  return `/assets/${encodeURIComponent(asset)}/${what}?${query}`;
}
