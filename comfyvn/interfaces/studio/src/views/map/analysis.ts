import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { api } from "@/api/client";
import { listen } from "@/api/live";
import { Problem } from "@/api/problems";
import { branchKey, type Moment, queries } from "@/api/queries";
import { toastError } from "@/components/toasts";

type Visits = {
  readonly scene: string;
  /** How often a play comes here on average; null in a loop without end. */
  readonly visits: number | null;
  readonly reached: number;
  readonly nodes: number;
  readonly heat: Readonly<Record<string, number | null>>;
};
type Ending = {
  readonly scene: string;
  readonly node: string | null;
  readonly share: { readonly value: number };
};
type Lost = { readonly scene: string; readonly node: string; readonly verdict: string };

/** What is known of all plays of a story. */
export type Analysis = {
  readonly exact: boolean;
  readonly heat: ReadonlyMap<string, Visits>;
  readonly endings: readonly Ending[];
  readonly lost: readonly Lost[];
};

/** The analysis of a state of the story, which is asked for where it is not known yet; null while it is not. */
export function useAnalysis(moment: Moment, wanted: boolean): Analysis | null {
  const { project, branch, at } = moment;
  const { data } = useQuery({
    queryKey: branchKey(moment, "analysis"),
    enabled: wanted,
    retry: false,
    queryFn: async () => {
      try {
        return await read(moment);
      } catch (error) {
        if (!(error instanceof Problem && error.code === "analysis_missing")) throw error;
        const body = at === undefined ? { project, branch } : { project, branch, at };
        await api.POST("/api/analysis", { body });
        return null;
      }
    },
  });
  useEffect(() => {
    if (!wanted) return;
    return listen("jobs/", ({ data: { type, status, error } }) => {
      if (type !== "analysis") return;
      if (status === "failed") toastError(new Error(String(error ?? "")));
      void queries.invalidateQueries({
        queryKey: ["branch", project, branch, "analysis"],
        predicate: ({ state }) => state.data === null && status === "done",
      });
    });
  }, [wanted, project, branch]);
  return wanted ? (data ?? null) : null;
}

async function read({ project, branch, at }: Moment): Promise<Analysis> {
  const query = at === undefined ? { project, branch } : { project, branch, at };
  const [summary, heat, lost] = await Promise.all([
    api.GET("/api/analysis/summary", { params: { query } }),
    api.GET("/api/analysis/heat", { params: { query } }),
    api.GET("/api/analysis/unreachable", { params: { query: { ...query, limit: 5000 } } }),
  ]);
  const visits = (heat.data?.items ?? []) as Visits[];
  return {
    exact: summary.data?.exact ?? false,
    heat: new Map(visits.map((each) => [each.scene, each])),
    endings: (summary.data?.endings ?? []) as Ending[],
    lost: (lost.data?.items ?? []) as Lost[],
  };
}
