import { useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import { branchKey, type Moment } from "@/api/queries";
import { ChipButton } from "@/components/Chip";
import { go } from "@/shell/place";
import css from "./map.module.css";
import { mapText } from "./messages";

/** What is wrong in a scene, or may be; each leads to its line. */
export function Findings({ moment, scene }: { moment: Moment; scene: string }) {
  const t = mapText();
  const { project, branch, at } = moment;
  const { data } = useQuery({
    queryKey: branchKey(moment, "findings", scene),
    queryFn: async () => {
      const query = { scene, project, branch, limit: 50, ...(at === undefined ? {} : { at }) };
      return (await api.GET("/api/findings", { params: { query } })).data;
    },
  });
  if (!data?.total) return null;
  return (
    <section aria-label={t("findings")}>
      <h3>{t("findings")}</h3>
      <ul className={css.findings}>
        {data.items.map(({ severity, code, message, node }) => (
          <li key={`${code} ${node} ${message}`}>
            <ChipButton
              tone={severity === "error" ? "bad" : "warn"}
              onClick={() => go({ view: "scenes", path: node ? [scene, node] : [scene] })}
            >
              {t("showFinding")}
            </ChipButton>{" "}
            {message}
          </li>
        ))}
      </ul>
    </section>
  );
}
