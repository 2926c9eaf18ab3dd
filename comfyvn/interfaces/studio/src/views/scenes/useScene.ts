import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type Body, change, type Verb } from "@/api/commands";
import { type Entry, useOutbox } from "@/api/outbox";
import { type Moment, sceneQuery } from "@/api/queries";
import { fold } from "./folding";

/** A scene as the server holds it, with all that is on its way there, and what changes it. */
export function useScene(moment: Moment, id: string) {
  const { data, error } = useQuery(sceneQuery(moment, id));
  const waiting = useOutbox((outbox) => outbox.waiting);
  const landed = useOutbox((outbox) => outbox.landed);
  const { project, branch, at } = moment;

  const scene = useMemo(() => {
    if (!data || at !== undefined) return data?.scene;
    const own = (entry: Entry) =>
      entry.project === project && entry.branch === branch && entry.entity === `scene:${id}`;
    const newer = landed.filter(({ entry, version }) => own(entry) && version > data.version);
    return [...newer.map(({ entry }) => entry), ...waiting.filter(own)].reduce(
      (shown, { url, body }) =>
        fold(shown, url.slice(url.lastIndexOf("/") + 1), body as Record<string, unknown>),
      data.scene,
    );
  }, [data, waiting, landed, project, branch, at, id]);

  const act = useMemo(
    () =>
      <V extends Verb<"scenes">>(
        verb: V,
        body: Body<"scenes", V>,
        options: { version?: number; label?: string; replaces?: string } = {},
      ) =>
        void change({ project, branch }, "scenes", id, verb, body, options),
    [project, branch, id],
  );
  return { scene, version: data?.version ?? 0, error, act };
}
