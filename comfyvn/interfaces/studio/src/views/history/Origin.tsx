import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, type Schemas } from "@/api/client";
import { branchKey, type Moment } from "@/api/queries";
import { Chip } from "@/components/Chip";
import css from "./history.module.css";
import { historyText } from "./messages";

/** A line with all its versions and what is known of where they came from. */
export const lineQuery = (moment: Moment, scene: string, node: string) =>
  queryOptions({
    queryKey: branchKey(moment, "line-history", scene, node),
    queryFn: async () => {
      const { project, branch, at } = moment;
      const query = { scene, project, branch, ...(at === undefined ? {} : { at }) };
      return (await api.GET("/api/provenance/lines/{node}", { params: { path: { node }, query } })).data;
    },
  });

/** Where the words that a line has now came from: the file and row, the model, the licence; nothing where none is known. */
export default function Origin({ moment, scene, node }: { moment: Moment; scene: string; node: string }) {
  const { data } = useQuery(lineQuery(moment, scene, node));
  const last = data?.versions.at(-1);
  return data && last ? <Facts {...last} licence={data.licence} /> : null;
}

type Known = Pick<Schemas["LineVersion"], "source" | "model" | "tool" | "licence">;

export function Facts({ source, model, tool, licence }: Known) {
  const t = historyText();
  const made = [tool, model].filter(Boolean).join(" \u00b7 ");
  if (!source && !made && !licence) return null;
  return (
    <span className={css.origin}>
      {source && (
        <Chip title={source.raw ?? ""}>{t("fromFile", { file: source.file, row: source.row })}</Chip>
      )}
      {made && <Chip tone="warm">{t("byModel", { model: made })}</Chip>}
      {licence && <Chip>{licence}</Chip>}
    </span>
  );
}
