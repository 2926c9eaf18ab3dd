import { Tabs } from "@/components/Tabs";
import { go } from "@/shell/place";
import type { ViewProps } from "@/shell/view";
import css from "./history.module.css";
import { historyText } from "./messages";
import { Review } from "./Review";
import { TimeLine } from "./TimeLine";
import { Variants } from "./Variants";

const PARTS = ["changes", "variants", "review"] as const;
type Part = (typeof PARTS)[number];

/** What happened: changes on a line of time, and variants of the story beside each other. */
export default function History(props: ViewProps) {
  const t = historyText();
  const part: Part = PARTS.find((name) => name === props.path[0]) ?? "changes";
  return (
    <div className={css.history}>
      <h1 className="visually-hidden">{t("title")}</h1>
      <Tabs
        label={t("title")}
        tabs={PARTS.map((id) => ({ id, title: t(`part.${id}`) }))}
        chosen={part}
        onChoose={(id) => go({ path: [id] })}
      >
        {part === "variants" ? (
          <Variants {...props} />
        ) : part === "review" ? (
          <Review {...props} />
        ) : (
          <TimeLine {...props} />
        )}
      </Tabs>
    </div>
  );
}
