import { useQuery } from "@tanstack/react-query";
import { api, type Schemas } from "@/api/client";
import { branchKey, type Moment } from "@/api/queries";
import { Button } from "@/components/Button";
import { Chip } from "@/components/Chip";
import { ago } from "@/i18n/messages";
import { go } from "@/shell/place";
import { Actor } from "./Actor";
import { attempt, restore } from "./acts";
import type { Kind } from "./changes";
import css from "./history.module.css";
import { historyText } from "./messages";
import prose from "./prose.module.css";
import { Words } from "./Words";
import { marks } from "./wording";

type Version = Schemas["LineVersion"];

type Props = {
  moment: Moment;
  scene: string;
  node: string;
  /** All versions of the line; else who wrote it as it is, in the size of a card. */
  whole?: boolean;
};

/** Who wrote a line, when, from which file and row, by which model and under which licence. */
export function Blame({ moment, scene, node, whole = false }: Props) {
  const t = historyText();
  const { project, branch, at } = moment;
  const { data } = useQuery({
    queryKey: branchKey(moment, "line-history", scene, node),
    queryFn: async () => {
      const query = { scene, project, branch, ...(at === undefined ? {} : { at }) };
      return (await api.GET("/api/provenance/lines/{node}", { params: { path: { node }, query } })).data;
    },
  });
  const last = data?.versions.at(-1);
  if (!data || !last) return null;
  const open = () => go({ view: "history", path: ["line", scene, node] });
  if (!whole)
    return (
      <div className={css.blame}>
        <By version={last} />
        <Facts version={last} licence={data.licence} />
        {data.versions.length > 1 && (
          <Button small look="plain" icon="history" onClick={open}>
            {t("versions", { count: data.versions.length })}
          </Button>
        )}
      </div>
    );
  const versions = data.versions.map((version, index) => ({ version, before: data.versions[index - 1] }));
  return (
    <article className={css.whole} aria-label={t("pastOfLine")}>
      <header>
        <h2>{t("pastOfLine")}</h2>
        <p className={prose.quote}>{data.text ?? <em>{t("lineGone")}</em>}</p>
        <Button icon="scenes" onClick={() => go({ view: "scenes", path: [scene, node] })}>
          {t("openLine")}
        </Button>
      </header>
      <ol>
        {versions.toReversed().map(({ version, before }) => (
          <li key={version.position}>
            <By version={version} />
            <p className={prose.quote}>
              {version.text === null ? (
                <em>{t("lineGone")}</em>
              ) : before && before.text !== version.text ? (
                <Words marks={marks(before.text ?? "", version.text)} />
              ) : (
                version.text
              )}
            </p>
            <Facts version={version} licence={version.licence} />
            <div className={css.acts}>
              <Button small onClick={() => go({ path: ["changes", String(version.position)] })}>
                {t("openChange")}
              </Button>
              {at === undefined && version !== last && (
                <Button
                  small
                  icon="undo"
                  onClick={() =>
                    void attempt(
                      () => restore(moment, version.position, `scene:${scene}`, node),
                      t("restoredLine"),
                    )
                  }
                >
                  {t("restoreVersion")}
                </Button>
              )}
            </div>
          </li>
        ))}
      </ol>
    </article>
  );
}

function By({ version }: { version: Version }) {
  const t = historyText();
  return (
    <p className={css.by}>
      <Actor name={version.actor} size="small" />
      <strong>{version.actor}</strong>
      <time dateTime={version.at}>{ago(version.at)}</time>
      <span>{t(`does.${version.kind as Kind}`)}</span>
    </p>
  );
}

function Facts({ version: { source, model, tool }, licence }: { version: Version; licence: string }) {
  const t = historyText();
  const made = [tool, model].filter(Boolean).join(" \u00b7 ");
  if (!source && !made && !licence) return null;
  return (
    <p className={css.origin}>
      {source && (
        <Chip title={source.raw ?? ""}>{t("fromFile", { file: source.file, row: source.row })}</Chip>
      )}
      {made && <Chip tone="warm">{t("byModel", { model: made })}</Chip>}
      {licence && <Chip>{licence}</Chip>}
    </p>
  );
}
