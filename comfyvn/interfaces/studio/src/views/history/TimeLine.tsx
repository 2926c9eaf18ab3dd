import { useCallback, useState } from "react";
import { Empty } from "@/components/Empty";
import { Split } from "@/components/Split";
import { go } from "@/shell/place";
import type { ViewProps } from "@/shell/view";
import { Blame } from "./Blame";
import { ChangeList } from "./ChangeList";
import { type Change, type Filters, useChanges } from "./changes";
import { Details } from "./Details";
import { Filtering } from "./Filtering";
import css from "./history.module.css";
import { historyText } from "./messages";
import Scrubber from "./Scrubber";

/** The changes of a variant on a line of time, one of them open beside it; or the past of a line. */
export function TimeLine({ path, at, ...of }: ViewProps) {
  const t = historyText();
  const [filters, setFilters] = useState<Filters>({});
  const { changes, ready, more, further, loading } = useChanges(of, filters);
  const [what, one, two] = path;
  const position = what === "changes" && one && /^\d{1,18}$/.test(one) ? Number(one) : undefined;
  const onFilter = useCallback((next: Filters) => setFilters(next), []);
  const chosen = position ?? (what === "line" ? undefined : (at ?? changes[0]?.position));
  const open = changes.find((change) => change.position === chosen);
  const choose = (change: Change) =>
    go({ path: ["changes", String(change.position)] }, { replace: what === "changes" });

  const list = (
    <div className={css.lineSide}>
      <Filtering of={of} filters={filters} onFilter={onFilter} changes={changes} />
      {ready && !changes.length && !more ? (
        <Empty icon="filter" title={t("nothingFound")} />
      ) : (
        <ChangeList
          changes={changes}
          more={more}
          further={further}
          loading={loading}
          chosen={chosen}
          at={at}
          onChoose={choose}
        />
      )}
    </div>
  );
  return (
    <div className={css.timeLine}>
      <Scrubber of={of} at={at} />
      <Split name="history" label={t("width")} side={list} width={400} min={280} max={640}>
        {what === "line" && one && two ? (
          <div className={css.details}>
            <Blame moment={{ ...of, at }} scene={one} node={two} />
          </div>
        ) : chosen === undefined ? null : (
          <Details of={of} position={chosen} change={open} at={at} />
        )}
      </Split>
    </div>
  );
}
