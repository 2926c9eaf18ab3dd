import { gone, useConnection } from "./connection";
import { queries } from "./queries";

type Told = { topic: string; position: number | null; data: Record<string, unknown> };
type Listener = (event: Told) => void;
const listeners = new Map<string, Set<Listener>>();

/** Hear the events whose topic begins so, such as "jobs/"; call what comes back to stop. */
export function listen(topic: string, listener: Listener): () => void {
  const found = listeners.get(topic) ?? new Set();
  listeners.set(topic, found.add(listener));
  return () => found.delete(listener);
}

/**
 * Keep what is shown equal to what the server holds: each commit makes the answers of its branch old.
 *
 * The browser comes back by itself with the last id it saw, so nothing is missed.
 */
export function followServer(): void {
  let source: EventSource | null = null;
  let last: string | null = null;

  function open(): void {
    source?.close();
    source = new EventSource(`/events/sse?topics=commits,jobs,plays,vars${last ? `&after=${last}` : ""}`);
    source.addEventListener("ready", ({ lastEventId }) => {
      last = lastEventId;
    });
    source.addEventListener("event", (message: MessageEvent<string>) => {
      if (message.lastEventId) last = message.lastEventId;
      const event: Told = JSON.parse(message.data);
      if (event.topic.startsWith("commits/")) committed(event);
      for (const [topic, heard] of listeners)
        if (event.topic.startsWith(topic)) for (const listener of heard) listener(event);
    });
    source.addEventListener("resync", ({ lastEventId }) => {
      last = lastEventId || null;
      void queries.invalidateQueries();
    });
    source.onerror = () => {
      if (useConnection.getState().state !== "locked") gone();
      source?.close();
    };
  }

  useConnection.subscribe(({ state }, before) => {
    if (state === "up" && before.state !== "up") {
      open();
      void queries.invalidateQueries();
    }
  });
  open();
}

type Branches = { branches: { id: string; name: string }[] };

function committed({ data }: Told): void {
  const project = String(data.project);
  const known = queries.getQueryData<Branches>(["project", project])?.branches;
  const name = known?.find(({ id }) => id === data.branch)?.name;
  for (const branch of new Set([data.branch, name])) {
    if (branch === undefined) continue;
    void queries.invalidateQueries({
      predicate: ({ queryKey: [scope, ofProject, ofBranch, ...rest] }) =>
        scope === "branch" && ofProject === project && ofBranch === branch && rest.at(-1) === null,
    });
  }
  if (String(data.command).startsWith("project.")) {
    void queries.invalidateQueries({ queryKey: ["projects"] });
    void queries.invalidateQueries({ queryKey: ["project", project] });
  }
}
