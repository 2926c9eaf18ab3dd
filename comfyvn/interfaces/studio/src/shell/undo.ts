import { useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { api, type Branch } from "@/api/client";
import { finishEditing } from "@/api/editing";
import { sent } from "@/api/outbox";
import { branchKey, type Moment, queries } from "@/api/queries";
import { toastError } from "@/components/toasts";
import { usePreferences } from "@/design/preferences";
import { shellText } from "./messages";

/** What undo and redo would do next on a branch, by name, and doing it. */
export function useUndo({ project, branch, at }: Moment) {
  const actor = usePreferences((preferences) => preferences.actor);
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
    (way: "undo" | "redo") => inTurn(() => step({ project, branch }, way)),
    [project, branch],
  );

  return { undo: steps?.undo?.name, redo: steps?.redo?.name, run };
}

async function step({ project, branch }: Branch, way: "undo" | "redo"): Promise<void> {
  try {
    finishEditing();
    await sent();
    await api.POST(`/api/projects/{project}/branches/{branch}/${way}`, {
      params: { path: { project, branch } },
      body: {},
    });
    await queries.invalidateQueries({ queryKey: ["branch", project, branch] });
  } catch (error) {
    toastError(error, shellText.now(way));
  }
}

let before: Promise<void> = Promise.resolve();

/** Do something when what was asked before is over: each step begins on what the one before it left. */
function inTurn(work: () => Promise<void>): Promise<void> {
  before = before.then(work);
  return before;
}
