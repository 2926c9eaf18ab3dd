import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import { api, type Branch, type Schemas } from "@/api/client";
import { branchKey } from "@/api/queries";

export type Change = Schemas["Change"];
export const KINDS = ["do", "import", "merge", "undo", "redo", "revert", "restore", "system"] as const;
export type Kind = (typeof KINDS)[number];

/** What is shown of a history; empty: all of it. */
export type Filters = {
  readonly text?: string;
  readonly actor?: string;
  readonly entity?: string;
  readonly kind?: readonly Kind[];
};

const PAGE = 100;

/**
 * Return changes, newest first, with those that came meanwhile; null where some between them are not known.
 *
 * `fresh` is the newest page of the history as it is now, `whole` tells that nothing is older than it.
 */
export function joined(
  known: readonly Change[],
  fresh: readonly Change[],
  whole: boolean,
): readonly Change[] | null {
  const newest = known[0];
  if (!newest) return whole ? fresh : fresh.length ? null : known;
  const since = fresh.filter(({ position }) => position > newest.position);
  if (since.length === 0) return known;
  return since.length < fresh.length || whole ? [...since, ...known] : null;
}

async function page({ project, branch }: Branch, filters: Filters, at?: number) {
  const { data } = await api.GET("/api/projects/{project}/branches/{branch}/history", {
    params: {
      path: { project, branch },
      query: {
        limit: PAGE,
        ...filters,
        kind: filters.kind ? [...filters.kind] : null,
        ...(at === undefined ? {} : { at }),
      },
    },
  });
  return data as NonNullable<typeof data>;
}

/**
 * The changes of a branch, newest first, page after page.
 *
 * What was read stays, as the past does not change: a new commit asks for the newest page alone.
 */
export function useChanges(of: Branch, filters: Filters = {}) {
  const { project, branch } = of;
  const asked = JSON.stringify(filters);
  const [anchor, setAnchor] = useState<{ asked: string; position: number } | null>(null);
  const head = useQuery({
    queryKey: branchKey({ project, branch }, "history", "newest", asked),
    queryFn: () => page(of, filters),
  });
  const fresh = head.data;
  const from = anchor?.asked === asked ? anchor.position : undefined;
  const past = useInfiniteQuery({
    queryKey: ["past", project, branch, asked, from],
    queryFn: ({ pageParam }) => page(of, filters, pageParam),
    initialPageParam: from ?? 0,
    getNextPageParam: ({ below }) => below ?? undefined,
    enabled: from !== undefined,
  });

  const older = useMemo(() => past.data?.pages.flatMap(({ items }) => items) ?? [], [past.data]);
  const whole = fresh !== undefined && !fresh.more;
  const all = useMemo(
    () => (fresh && from !== undefined ? joined(older, fresh.items, whole) : null),
    [fresh, from, older, whole],
  );
  // What is read begins at the newest change of that time; where too many came since, it begins anew.
  const top = fresh?.items[0]?.position ?? fresh?.below ?? 0;
  const lost = from === undefined || (all === null && past.isSuccess);
  useEffect(() => {
    if (fresh && lost && from !== top) setAnchor({ asked, position: top });
  }, [fresh, lost, from, top, asked]);

  const { hasNextPage, isFetching, fetchNextPage } = past;
  const further = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
  return {
    changes: all ?? fresh?.items ?? [],
    ready: fresh !== undefined,
    more: all ? hasNextPage : (fresh?.more ?? false),
    further,
    loading: isFetching || head.isPending,
  };
}
