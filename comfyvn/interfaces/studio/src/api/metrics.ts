import { queryOptions } from "@tanstack/react-query";
import { api, type Schemas } from "./client";

export type Metrics = Schemas["Metrics"];

export const SAMPLES = 60;
const EVERY_MS = 2000;

let past: readonly Metrics[] = [];

/** The last samples of how busy the machine of the server is, every two seconds while somebody looks; newest last. */
export const metricsQuery = queryOptions({
  queryKey: ["metrics"],
  queryFn: async () => {
    const { data } = await api.GET("/system/metrics");
    const last = past.at(-1);
    const recent = last && data && Date.parse(data.at) - Date.parse(last.at) < 10 * EVERY_MS ? past : [];
    if (data) past = [...recent, data].slice(-SAMPLES);
    return past;
  },
  staleTime: 0,
  refetchInterval: EVERY_MS,
});

export const infoQuery = queryOptions({
  queryKey: ["info"],
  queryFn: async () => (await api.GET("/system/info")).data,
});
