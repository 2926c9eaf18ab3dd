import { useQuery } from "@tanstack/react-query";
import type { Moment } from "@/api/queries";
import { Chip } from "@/components/Chip";
import { Dialog } from "@/components/Dialog";
import css from "./assets.module.css";
import { placed } from "./graph";
import { assetsText } from "./messages";
import { type Lineage, lineageQuery } from "./queries";
import { show } from "./subjects";

const COLUMN = 220;
const ROW = 84;
const BOX = { width: 180, height: 60 };

type Props = { moment: Moment; id: string; name: string; onClose: () => void };

/** What an asset was made from and what was made of it, as a graph and as a list. */
export function LineageDialog({ moment, id, name, onClose }: Props) {
  const t = assetsText();
  const { data } = useQuery(lineageQuery(moment, id));
  return (
    <Dialog wide title={t("lineageOf", { name })} onClose={onClose}>
      {data && (data.edges.length ? <Graph lineage={data} onClose={onClose} /> : <p>{t("noLineage")}</p>)}
    </Dialog>
  );
}

function Graph({ lineage, onClose }: { lineage: Lineage; onClose: () => void }) {
  const t = assetsText();
  const { things, arrows } = placed(lineage);
  const nodes = new Map(lineage.nodes.map((node) => [node.id, node]));
  const size = (of: "column" | "row", step: number) =>
    (Math.max(...things.map((thing) => thing[of])) + 1) * step;
  const title = (id: string) => nodes.get(id)?.title || id;
  return (
    <>
      <p>{t("lineageText")}</p>
      <div className={css.graph}>
        <div style={{ inlineSize: size("column", COLUMN), blockSize: size("row", ROW) }} dir="ltr">
          <svg aria-hidden="true" width={size("column", COLUMN)} height={size("row", ROW)}>
            {arrows.map(({ from, to, key }) => {
              const [x1, y1] = [from.column * COLUMN + BOX.width, from.row * ROW + BOX.height / 2];
              const [x2, y2] = [to.column * COLUMN, to.row * ROW + BOX.height / 2];
              const bend = (x2 - x1) / 2;
              return <path key={key} d={`M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`} />;
            })}
          </svg>
          {things.map(({ id, column, row }) => {
            const node = nodes.get(id);
            return (
              <button
                key={id}
                type="button"
                className={css.node}
                data-me={node?.distance === 0}
                disabled={!node?.there}
                style={{ insetInlineStart: column * COLUMN, insetBlockStart: row * ROW, ...BOX }}
                onClick={() => {
                  onClose();
                  show(id);
                }}
              >
                <strong>{title(id)}</strong>
                <small>
                  {[node?.kind, node?.licence, node?.there ? "" : t("gone")].filter(Boolean).join(" · ")}
                </small>
              </button>
            );
          })}
        </div>
      </div>
      <details>
        <summary>{t("list")}</summary>
        <ul className={css.edges}>
          {lineage.edges.map(({ source, target, role, activity, tool, model, record }) => (
            <li key={`${source} ${target} ${role} ${record}`}>
              {t("into", { source: title(source), target: title(target), role })}{" "}
              {[activity, tool, model].filter(Boolean).map((fact) => (
                <Chip key={fact}>{fact}</Chip>
              ))}
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}
