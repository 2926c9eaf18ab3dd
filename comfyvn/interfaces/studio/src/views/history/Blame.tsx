import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "@/api/client";
import type { Moment } from "@/api/queries";
import { Button } from "@/components/Button";
import { ago } from "@/i18n/messages";
import { go } from "@/shell/place";
import { Actor } from "./Actor";
import { attempt, restore } from "./acts";
import type { Kind } from "./changes";
import css from "./history.module.css";
import { historyText } from "./messages";
import { Facts, lineQuery } from "./Origin";
import prose from "./prose.module.css";
import { Words } from "./Words";
import { marks } from "./wording";

type Version = Schemas["LineVersion"];

type Props = { moment: Moment; scene: string; node: string };

/** All that a line ever was: who wrote it, when, from which file and row, by which model and under which licence. */
export function Blame({ moment, scene, node }: Props) {
  const t = historyText();
  const { at } = moment;
  const { data } = useQuery(lineQuery(moment, scene, node));
  const last = data?.versions.at(-1);
  if (!data || !last) return null;
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
            <Facts {...version} />
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
