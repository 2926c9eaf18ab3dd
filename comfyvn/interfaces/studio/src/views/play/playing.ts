import { queryOptions, useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";
import { api, type Schemas } from "@/api/client";
import { finishEditing } from "@/api/editing";
import { listen } from "@/api/live";
import { settled } from "@/api/outbox";
import { queries } from "@/api/queries";
import { toastError } from "@/components/toasts";
import type { Stage } from "./staging";

/** What happened on the way to a moment. */
export type Output =
  | { type: "line"; who: string | null; what: string; speaker: string | null; node: string; scene: string }
  | { type: "menu"; options: string[]; picked: number; caption: string; node: string; scene: string }
  | { type: "stage"; verb: string; content: string; node: string; scene: string }
  | { type: "raw"; code: string; node: string; scene: string }
  | { type: "end"; reason: string; node: string | null; scene: string; message?: string };

export type Line = Extract<Output, { type: "line" }>;
export type Menu = { caption: string; options: { edge: string; text: string }[] };

/** Where a playthrough stands. */
export type Status = Omit<Schemas["StatusShape"], "outputs" | "menu" | "stage"> & {
  outputs: Output[];
  menu: Menu | null;
  stage: Stage;
};

/** A moment of the way; `version` is that of the playthrough which brought it here, null where it was loaded. */
export type Step = { outputs: Output[]; forced: string | null; version: number | null };
export type Playing = {
  status: Status;
  steps: Step[];
  /** The variables at the moment before. */
  before: Values;
  /** What variables were worth before a person gave them another value here. */
  was: Values;
};
type Values = Readonly<Record<string, unknown>>;

const key = (project: string, play: string) => ["play", project, play] as const;

type Traced = {
  status: Status;
  steps: { outputs: Output[]; input: { move: string; name?: string } | null }[];
};

export const playQuery = (project: string, play: string) =>
  queryOptions({
    queryKey: key(project, play),
    queryFn: async (): Promise<Playing> => {
      const { data } = await api.GET("/api/playthroughs/{play}", {
        params: { path: { play }, query: { project } },
      });
      const { status, steps } = data as unknown as Traced;
      return {
        status,
        before: status.variables,
        was: {},
        steps: steps.map(({ outputs, input }) => ({ outputs, forced: input?.name ?? null, version: null })),
      };
    },
  });

export const playsQuery = (project: string) =>
  queryOptions({
    queryKey: ["plays", project],
    queryFn: async () =>
      (await api.GET("/api/playthroughs", { params: { query: { project } } })).data?.items as
        | Begun[]
        | undefined,
  });

/** How a playthrough began. */
export type Begun = {
  id: string;
  branch: string;
  position: number;
  seed: number;
  start: string | null;
  title: string;
};

export type Beginning = {
  start?: string | undefined;
  seed: number;
  forced?: Record<string, unknown>;
  title?: string;
  at?: number | undefined;
};

/** Begin a playthrough of all that was written up to now, and return its id. */
export async function begin(project: string, branch: string, wanted: Beginning): Promise<string> {
  finishEditing();
  await settled();
  const { start, seed, forced = {}, title = "", at } = wanted;
  const { data } = await api.POST("/api/playthroughs", {
    params: { query: { project, branch } },
    body: { seed, forced, title, ...(start ? { start } : {}), ...(at === undefined ? {} : { at }) },
  });
  const status = data as unknown as Status;
  const first: Step = { outputs: status.outputs, forced: null, version: status.version };
  queries.setQueryData<Playing>(key(project, status.id), {
    status,
    steps: [first],
    before: status.variables,
    was: {},
  });
  void queries.invalidateQueries({ queryKey: ["plays", project] });
  return status.id;
}

type Deed = { forced?: string; reverts?: boolean; rolled?: boolean };

/** Return a playthrough after what was done in it; null where its way has to be asked for anew. */
export function moved(now: Playing, status: Status, { forced, reverts, rolled }: Deed = {}): Playing | null {
  const { steps, status: past } = now;
  if (status.depth > steps.length) return null;
  const seen = steps.slice(0, status.depth + 1).map((step): Step => ({ ...step, version: null }));
  if (status.depth === steps.length) {
    const version = rolled ? null : status.version;
    seen.push({ outputs: status.outputs, forced: forced ?? null, version });
  }
  const touched = new Set(seen.map((step) => step.forced));
  const kept = Object.entries(now.was).filter(([name]) => touched.has(name) && !(reverts && name === forced));
  const was = Object.fromEntries(kept);
  if (forced && !reverts && !(forced in was)) was[forced] = past.variables[forced];
  return { status, steps: seen, before: past.variables, was };
}

/** A playthrough, and all that a reader does in it; one after the other. */
export function usePlaying(project: string, play: string) {
  const { data, error } = useQuery(playQuery(project, play));
  const tail = useRef<Promise<unknown>>(Promise.resolve());
  const waiting = useRef(0);

  const act = useCallback(
    (send: (now: Playing) => Promise<unknown> | null, deed: Deed = {}): void => {
      if (waiting.current > 2) return;
      waiting.current += 1;
      tail.current = tail.current
        .then(async () => {
          const now = queries.getQueryData<Playing>(key(project, play));
          const answer = now && send(now);
          if (!answer) return;
          const after = moved(now, (await answer) as Status, deed);
          if (after) queries.setQueryData(key(project, play), after);
          else await queries.invalidateQueries({ queryKey: key(project, play) });
        })
        .catch((problem) => toastError(problem))
        .finally(() => {
          waiting.current -= 1;
        });
    },
    [project, play],
  );

  useEffect(() => {
    const suffix = `/${encodeURIComponent(play)}`;
    return listen("plays/", ({ topic, data: told }) => {
      const known = queries.getQueryData<Playing>(key(project, play))?.status.version ?? 0;
      if (topic.endsWith(suffix) && waiting.current === 0 && Number(told.version) > known)
        void queries.invalidateQueries({ queryKey: key(project, play) });
    });
  }, [project, play]);

  const query = { project };
  const params = { path: { play }, query };

  const read = useCallback(
    () =>
      act(({ status: { menu, ended, closed } }) =>
        menu || ended || closed
          ? null
          : api.POST("/replay/step", { params: { query: { project } }, body: { id: play } }).then(dataOf),
      ),
    [act, project, play],
  );
  const choose = (edge: string) =>
    act(({ status: { menu } }) =>
      menu?.options.some((option) => option.edge === edge)
        ? api.POST("/api/playthroughs/{play}/choose", { params, body: { edge } }).then(dataOf)
        : null,
    );
  const roll = useCallback(
    (steps: number) =>
      act(
        ({ status: { depth, undone } }) =>
          (steps > 0 ? depth : undone) >= Math.abs(steps)
            ? api
                .POST("/api/playthroughs/{play}/rollback", {
                  params: { path: { play }, query: { project } },
                  body: { steps },
                })
                .then(dataOf)
            : null,
        { rolled: true },
      ),
    [act, project, play],
  );
  const force = (name: string, value: unknown, reverts = false) =>
    act(
      () =>
        api.POST("/api/playthroughs/{play}/force-variable", { params, body: { name, value } }).then(dataOf),
      { forced: name, reverts },
    );
  const save = (slot: string) =>
    act(() => api.POST("/api/playthroughs/{play}/save", { params, body: { slot } }).then(dataOf));
  const load = async (slot: string) => {
    await tail.current;
    try {
      await api.POST("/api/playthroughs/{play}/load", { params, body: { slot } });
      await queries.invalidateQueries({ queryKey: key(project, play) });
    } catch (problem) {
      toastError(problem);
    }
  };

  return { playing: data, error, read, choose, roll, force, save, load };
}

const dataOf = <T>({ data }: { data?: T }): T | undefined => data;

/** The line that is read at a moment: the last one on the way there. `fresh`: the version in which it was met just now. */
export function lineAt(steps: readonly Step[]): { line: Line; depth: number; fresh: number | null } | null {
  for (let depth = steps.length - 1; depth >= 0; depth -= 1) {
    const step = steps[depth];
    const line = step?.outputs.findLast((output): output is Line => output.type === "line");
    if (step && line) return { line, depth, fresh: step.version };
  }
  return null;
}
