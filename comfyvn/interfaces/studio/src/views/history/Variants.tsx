import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Branch } from "@/api/client";
import { projectQuery } from "@/api/queries";
import { Button, IconButton } from "@/components/Button";
import { Chip } from "@/components/Chip";
import { Empty } from "@/components/Empty";
import { Icon } from "@/components/Icon";
import { Menu, type MenuItem } from "@/components/Menu";
import { NameDialog } from "@/components/NameDialog";
import { Split } from "@/components/Split";
import { toast, toastError } from "@/components/toasts";
import { NewVariant } from "@/shell/Founding";
import { go } from "@/shell/place";
import type { ViewProps } from "@/shell/view";
import { changeVariant } from "./acts";
import { Comparison } from "./Comparison";
import { descent } from "./descent";
import { historyText } from "./messages";
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
              {at === undefined && from && (
                <More
                  of={{ project, branch: variant.name }}
                  open={open}
                  from={from}
                  closed={variant.closed === true}
                />
              )}
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
      {naming && <NewVariant onClose={() => setNaming(false)} />}
    </>
  );
}

type MoreProps = { of: Branch; open: boolean; from: string; closed: boolean };

/** What can be done with a variant as a whole; the first one keeps its name, which addresses begin with, and stays open. */
function More({ of, open, from, closed }: MoreProps) {
  const t = historyText();
  const [naming, setNaming] = useState(false);
  const name = of.branch;
  async function rename(to: string): Promise<void> {
    await changeVariant(of, { name: to });
    if (open) go({ branch: to });
    toast(t("variantNamed", { from: name, name: to }), "good");
  }
  async function change(to: "close" | "reopen"): Promise<void> {
    try {
      await changeVariant(of, to);
      if (open && to === "close") go({ branch: from });
      toast(t(to === "close" ? "variantClosed" : "variantReopened", { name }), "good");
    } catch (error) {
      toastError(error);
    }
  }
  const items: MenuItem[] = [
    { label: t("variantRename"), icon: "edit", onPick: () => setNaming(true) },
    closed
      ? { label: t("variantReopen"), icon: "redo", onPick: () => void change("reopen") }
      : { label: t("variantClose"), icon: "check", onPick: () => void change("close") },
  ];
  return (
    <>
      <Menu label={t("variantMore", { name })} items={items}>
        {(trigger) => <IconButton icon="more" label={t("variantMore", { name })} small {...trigger} />}
      </Menu>
      {naming && (
        <NameDialog
          title={t("variantRenaming", { name })}
          label={t("variantName")}
          value={name}
          act={t("variantRenameIt")}
          make={rename}
          onClose={() => setNaming(false)}
        />
      )}
    </>
  );
}
