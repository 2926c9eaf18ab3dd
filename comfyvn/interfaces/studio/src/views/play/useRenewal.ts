import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Moment, projectQuery, useScenes } from "@/api/queries";
import { toastError } from "@/components/toasts";
import { begin, lineAt, type Playing } from "./playing";
import type { Variable } from "./Variables";

export type Renewal = { offered: boolean; run: () => void };

/** Whether the story has changed since a playthrough began, and going on in the new one at the same line. */
export function useRenewal(
  moment: Moment,
  playing: Playing | undefined,
  variables: readonly Variable[],
  onOpen: (play: string) => void,
): Renewal {
  const now = useScenes(moment).data?.position;
  const branches = useQuery(projectQuery(moment.project)).data?.branches;
  const [busy, setBusy] = useState(false);
  const status = playing?.status;
  const here = branches?.find(({ name, id }) => name === moment.branch || id === moment.branch)?.id;
  const offered =
    status !== undefined &&
    moment.at === undefined &&
    now !== undefined &&
    here === status.branch &&
    now > status.position;

  async function renew(): Promise<void> {
    if (!playing || busy) return;
    setBusy(true);
    const { status, steps } = playing;
    const line = lineAt(steps)?.line;
    const [scene, node] = status.menu || !line ? [status.scene, status.node] : [line.scene, line.node];
    const known = variables.filter(({ name, constant }) => !constant && name in status.variables);
    const forced = Object.fromEntries(known.map(({ name }) => [name, status.variables[name]]));
    const start = node ? `${scene}:${node}` : scene;
    const { project, branch } = moment;
    try {
      onOpen(await begin(project, branch, { start, seed: status.seed, forced, title: status.title }));
    } catch (error) {
      toastError(error);
    } finally {
      setBusy(false);
    }
  }

  return { offered, run: () => void renew() };
}
