import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { projectQuery } from "@/api/queries";
import { Button } from "@/components/Button";
import { Chip } from "@/components/Chip";
import { Empty } from "@/components/Empty";
import { Icon } from "@/components/Icon";
import { Split } from "@/components/Split";
import { go } from "@/shell/place";
import type { ViewProps } from "@/shell/view";
import { Comparison } from "./Comparison";
import { descent } from "./descent";
import { historyText } from "./messages";
import { NewVariant } from "./NewVariant";
import css from "./variants.module.css";

/** All variants of the project as they grew, and this one beside another. */
export function Variants({ path, project, branch, at }: ViewProps) {
  const t = historyText();
  const { data } = useQuery(projectQuery(project));
  const [naming, setNaming] = useState(false);
  const other = path[1];
  const variants = descent(data?.branches ?? []);
  const list = (
    <nav className={css.list} aria-label={t("part.variants")}>
      <header>
        <Button icon="branch" onClick={() => setNaming(true)}>
          {at === undefined ? t("variantNew") : t("variantOfThen")}
        </Button>
      </header>
      <ul>
        {variants.map(({ variant, depth, from }) => {
          const open = variant.name === branch;
          return (
            <li key={variant.id} style={{ paddingInlineStart: `${depth * 1.25}rem` }}>
              <button
                type="button"
                className={css.variant}
                aria-current={variant.name === other ? "true" : undefined}
                disabled={open}
                onClick={() => go({ path: ["variants", variant.name] })}
              >
                <Icon name="branch" size={15} />
                <strong>{variant.name}</strong>
                {open && <Chip tone="accent">{t("openNow")}</Chip>}
                {variant.closed && <Chip>{t("closed")}</Chip>}
                <small>
                  {from ? t("grewFrom", { name: from, at: variant.fork_position ?? 0 }) : t("firstVariant")}
                </small>
              </button>
            </li>
          );
        })}
      </ul>
    </nav>
  );
  return (
    <>
      <Split name="variants" label={t("width")} side={list} width={300} min={200}>
        {other && other !== branch ? (
          <Comparison key={`${branch} ${other}`} of={{ project, branch }} at={at} other={other} />
        ) : (
          <Empty icon="branch" title={variants.length > 1 ? t("chooseVariant") : t("noVariant")}>
            <p>{t("whatIsAVariant")}</p>
          </Empty>
        )}
      </Split>
      {naming && <NewVariant of={{ project, branch }} position={at} onClose={() => setNaming(false)} />}
    </>
  );
}
