import { queryOptions, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import { type Body, change, type Verb } from "@/api/commands";
import { branchKey, type Moment, versionOf } from "@/api/queries";
import type { TimelineDocument } from "./steps";

/** A timeline with its version. */
const timelineQuery = (moment: Moment, id: string) =>
  queryOptions({
    queryKey: branchKey(moment, "timelines", id),
    queryFn: async () => {
      const { project, branch, at } = moment;
      const params = { path: { project, branch, entity_id: id }, query: at === undefined ? {} : { at } };
      const { data, response } = await api.GET(
        "/api/projects/{project}/branches/{branch}/timelines/{entity_id}",
        { params },
      );
      return { timeline: data as TimelineDocument, version: versionOf(response) };
    },
  });

type Change = (timeline: TimelineDocument) => TimelineDocument;
type Waiting = { readonly apply: Change; readonly version?: number };

/** A timeline as it will be when the server has taken what was changed here, and a way to change it. */
export function useTimeline(moment: Moment, id: string) {
  const { data, error } = useQuery(timelineQuery(moment, id));
  const [waiting, setWaiting] = useState<readonly Waiting[]>([]);
  const known = data?.version ?? 0;
  const ahead = waiting.filter(({ version }) => version === undefined || version > known);
  const timeline = data && ahead.reduce((so, { apply }) => apply(so), data.timeline);

  async function edit<V extends Verb<"timelines">>(verb: V, body: Body<"timelines", V>, apply: Change) {
    const mine: Waiting = { apply };
    setWaiting([...ahead, mine]);
    const without = (all: readonly Waiting[]) => all.filter((other) => other !== mine);
    try {
      const { versions } = await change(moment, "timelines", id, verb, body, { label: timeline?.name ?? "" });
      const version = versions?.[`timeline:${id}`] ?? 0;
      setWaiting((all) => [...without(all), { apply, version }]);
    } catch {
      setWaiting(without); // the shell told why
    }
  }

  /** Keep something beside the order; null takes it away. */
  function annotate(key: string, value: unknown): Promise<void> {
    const { [key]: _, ...others } = timeline?.meta ?? {};
    const present = value !== null;
    return edit("annotate-timeline", { key, value, present }, (so) => ({
      ...so,
      meta: present ? { ...so.meta, [key]: value } : others,
    }));
  }

  return { timeline, error, edit, annotate };
}

export type Editing = ReturnType<typeof useTimeline>;
