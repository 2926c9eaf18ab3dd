import { queryOptions, useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, type Schemas } from "./client";
import { listen } from "./live";
import { queries } from "./queries";

export type Job = Schemas["JobShape"];

/** Whether a job is not over yet. */
export const isOpen = ({ status }: Job): boolean => status === "queued" || status === "running";

const PAUSE_MS = 200;

/** Jobs, the latest first. */
export const jobsQuery = queryOptions({
  queryKey: ["jobs"],
  queryFn: async () => (await api.GET("/jobs", { params: { query: { limit: 200 } } })).data,
});

export const jobQuery = (id: string) =>
  queryOptions({
    queryKey: ["jobs", id],
    queryFn: async () => {
      const { data } = await api.GET("/jobs/status/{job_id}", { params: { path: { job_id: id } } });
      return data as Job;
    },
    enabled: id !== "",
  });

/** The log of a job, line by line. */
export const jobLogQuery = (id: string) =>
  queryOptions({
    queryKey: ["jobs", id, "log"],
    queryFn: async () => {
      const asked = { params: { path: { job_id: id } }, parseAs: "text" } as const;
      return (await api.GET("/jobs/{job_id}/log", asked)).data as unknown as string;
    },
    enabled: id !== "",
  });

/** Ask again for what is shown of jobs whenever the server tells how far one is; several times a second at most. */
export function useLiveJobs(): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = listen("jobs/", () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void queries.invalidateQueries({ queryKey: ["jobs"] });
      }, PAUSE_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, []);
}

/** A job as it is now; nothing without an id. */
export function useJob(id: string): Job | undefined {
  useLiveJobs();
  return useQuery(jobQuery(id)).data;
}

export async function cancelJob(id: string): Promise<void> {
  await api.POST("/jobs/{job_id}/cancel", { params: { path: { job_id: id } } });
  await queries.invalidateQueries({ queryKey: ["jobs"] });
}

export async function retryJob(id: string): Promise<void> {
  await api.POST("/jobs/{job_id}/retry", { params: { path: { job_id: id } } });
  await queries.invalidateQueries({ queryKey: ["jobs"] });
}
