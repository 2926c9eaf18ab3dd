import { useQueries } from "@tanstack/react-query";
import { useDeferredValue } from "react";
import { api } from "@/api/client";
import { branchKey, type Moment } from "@/api/queries";

/** What is wrong with conditions, and which of the names in them nobody declared. */
export function useCheck(moment: Moment, conditions: readonly string[]) {
  const asked = useDeferredValue(conditions);
  const answers = useQueries({
    queries: asked.map((condition) => ({
      queryKey: branchKey(moment, "check-expression", condition),
      queryFn: async () => {
        const path = { project: moment.project, branch: moment.branch };
        const query = { source: condition };
        return (
          await api.GET("/api/projects/{project}/branches/{branch}/check-expression", {
            params: { path, query },
          })
        ).data;
      },
    })),
  });
  return asked.map((condition, index) => {
    const data = answers[index]?.data;
    return { condition, error: data?.error ?? null, unknown: data?.undeclared ?? [] };
  });
}
