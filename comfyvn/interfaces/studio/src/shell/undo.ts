import { useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { api } from "@/api/client";
import { finishEditing } from "@/api/editing";
import { sent } from "@/api/outbox";
import { branchKey, type Moment, queries } from "@/api/queries";
import { toastError } from "@/components/toasts";
import { usePreferences } from "@/design/preferences";
import { shellText } from "./messages";

/** What undo and redo would do next on a branch, by name, and doing it. */
export function useUndo({ project, branch, at }: Moment) {
  const actor = usePreferences((preferences) => preferences.actor);
  const t = shellText();
  const { data } = useQuery({
    queryKey: branchKey({ project, branch }, "next-steps", actor),
    queryFn: async () => {
      const params = { path: { project, branch } };
      return (await api.GET("/api/projects/{project}/branches/{branch}/next-steps", { params })).data;
    },
    enabled: project !== "",
  });
  const steps = at === undefined ? data : undefined;

  const run = useCallback(
    async (way: "undo" | "redo"): Promise<void> => {
      try {
        finishEditing();
        await sent();
        await api.POST(`/api/projects/{project}/branches/{branch}/${way}`, {
          params: { path: { project, branch } },
          body: {},
        });
        await queries.invalidateQueries({ queryKey: ["branch", project, branch] });
      } catch (error) {
        toastError(error, t(way));
      }
    },
    [t, project, branch],
  );

  return { undo: steps?.undo?.name, redo: steps?.redo?.name, run };
}
