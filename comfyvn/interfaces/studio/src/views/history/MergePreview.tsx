import { useQuery } from "@tanstack/react-query";
import { api, type Branch, type Schemas } from "@/api/client";
import { branchKey } from "@/api/queries";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import type { Settled } from "./acts";
import { Conflicts } from "./Conflicts";
import { historyText } from "./messages";
import { Prose } from "./Prose";

type Props = {
  of: Branch;
  other: string;
  onMerge: (settled: Settled) => Promise<boolean>;
  onClose: () => void;
};

/** What a merge will bring: asks about what collides, and shows the rest before it is done. */
export function MergePreview({ of: { project, branch }, other, onMerge, onClose }: Props) {
  const t = historyText();
  const names = { here: branch, there: other };
  const { data } = useQuery({
    queryKey: branchKey({ project, branch }, "merge-preview", other),
    queryFn: async () => {
      const params = { path: { project, branch }, query: { source: other } };
      return (await api.GET("/api/projects/{project}/branches/{branch}/merge-preview/prose", { params }))
        .data as Schemas["MergePreview"] | undefined;
    },
    staleTime: 0,
    gcTime: 0,
  });
  if (!data) return null;
  const { conflicts, prose } = data;
  const count = prose.speakers.reduce(
    (sum, each) => sum + each.added + each.changed + each.removed + each.moved,
    0,
  );
  const act = t("mergeInto", names);
  if (conflicts.length)
    return (
      <Conflicts
        title={t("mergeCollides", { ...names, count: conflicts.length })}
        text={count ? t("restByItself", { count }) : t("mergeCollidesText", names)}
        ours={branch}
        theirs={other}
        act={act}
        conflicts={conflicts}
        onSettle={onMerge}
        onClose={onClose}
      />
    );
  async function run(): Promise<void> {
    if (await onMerge({})) onClose();
  }
  return (
    <Dialog
      wide
      title={t("mergeQuiet")}
      onClose={onClose}
      foot={
        <Button look="primary" icon="branch" onClick={() => void run()}>
          {act}
        </Button>
      }
    >
      <Prose prose={prose} />
    </Dialog>
  );
}
