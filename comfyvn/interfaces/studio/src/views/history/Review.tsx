import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useRef, useState } from "react";
import { api, type Branch, type Schemas } from "@/api/client";
import { branchKey, queries, sceneQuery, useCharacters } from "@/api/queries";
import { Button } from "@/components/Button";
import { Chip } from "@/components/Chip";
import { Empty } from "@/components/Empty";
import { keysShown } from "@/shell/commands";
import { go } from "@/shell/place";
import type { ViewProps } from "@/shell/view";
import { Actor } from "./Actor";
import { accept, attempt, type Conflict, reject, reword, type Settled } from "./acts";
import { Conflicts } from "./Conflicts";
import { historyText } from "./messages";
import prose from "./prose.module.css";
import css from "./review.module.css";
import { bySource } from "./sources";
import { Words } from "./Words";

export type Pending = Schemas["Pending"];
type By = Pending["by"];

const PAGE = 100;
const SIDES = [undefined, "model", "import"] as const;

/** What machines and imports wrote and nobody decided on: a person accepts, rewords or rejects it, line by line. */
export function Review({ project, branch, at }: ViewProps) {
  const t = historyText();
  const of: Branch = { project, branch };
  const [by, setBy] = useState<By | undefined>();
  const [rejecting, setRejecting] = useState<{ lines: readonly Pending[]; conflicts: readonly Conflict[] }>();
  const { data, isPending } = useQuery({
    queryKey: branchKey({ ...of, at }, "review", by),
    queryFn: async () => {
      const query = { limit: PAGE, ...(by ? { by } : {}), ...(at === undefined ? {} : { at }) };
      const params = { path: of, query };
      return (await api.GET("/api/projects/{project}/branches/{branch}/review", { params }))
        .data as unknown as Schemas["Queue"];
    },
    placeholderData: (before) => before,
  });
  if (isPending || !data) return null;
  const { items, total, actors } = data;
  const past = at !== undefined;
  const taken = (lines: readonly Pending[]) =>
    attempt(() => accept(of, lines), t("accepted", { count: lines.length }));
  const rejected = (lines: readonly Pending[], settled: Settled = {}) =>
    attempt(
      () => reject(of, lines, settled),
      t("rejected", { count: lines.length }),
      (conflicts) => setRejecting({ lines, conflicts }),
    );

  return (
    <article className={css.review} aria-label={t("part.review")}>
      <header>
        <h2>{t("waiting", { count: total })}</h2>
        <p>{t("reviewText")}</p>
        <div className={css.bar}>
          <fieldset className={css.choice}>
            <legend className="visually-hidden">{t("byWhom")}</legend>
            {SIDES.map((side) => (
              <Button key={side ?? ""} small aria-pressed={by === side} onClick={() => setBy(side)}>
                {t(`by.${side ?? "all"}`)}
              </Button>
            ))}
          </fieldset>
          {Object.entries(actors).map(([actor, count]) => (
            <Chip key={actor}>
              {actor} <b>{count}</b>
            </Chip>
          ))}
          {!past && items.length > 0 && (
            <Button small icon="check" onClick={() => void taken(items)}>
              {t("acceptShown", { count: items.length })}
            </Button>
          )}
        </div>
      </header>
      {items.length === 0 ? (
        <Empty icon="check" title={t("nothingWaits")}>
          <p>{t("nothingWaitsText")}</p>
        </Empty>
      ) : (
        bySource(items).map(({ key, name, commit, lines }) => (
          <section key={key} aria-label={name}>
            <header>
              <h3>{name}</h3>
              <span className={css.by}>
                <Actor name={commit.actor} size="small" /> {commit.actor}
                <Chip tone={commit.by === "model" ? "warm" : "accent"}>{t(`came.${commit.by}`)}</Chip>
              </span>
              {!past && lines.length > 1 && (
                <span className={css.tools}>
                  <Button small look="plain" icon="check" onClick={() => void taken(lines)}>
                    {t("acceptAll")}
                  </Button>
                  <Button small look="plain" icon="close" onClick={() => void rejected(lines)}>
                    {t("rejectAll")}
                  </Button>
                </span>
              )}
            </header>
            <ol>
              {lines.map((line) => (
                <Waiting
                  key={line.subject}
                  of={of}
                  line={line}
                  past={past}
                  onAccept={() => void taken([line])}
                  onReject={() => void rejected([line])}
                />
              ))}
            </ol>
          </section>
        ))
      )}
      {total > items.length && <p className={css.more}>{t("moreWait", { count: total - items.length })}</p>}
      {rejecting && (
        <Conflicts
          title={t("takeBackCollides")}
          text={t("takeBackCollidesText")}
          ours={t("asItIs")}
          theirs={t("asItWas")}
          act={t("reject")}
          conflicts={rejecting.conflicts}
          onSettle={(settled) => rejected(rejecting.lines, settled)}
          onClose={() => setRejecting(undefined)}
        />
      )}
    </article>
  );
}

type WaitingProps = {
  of: Branch;
  line: Pending;
  past: boolean;
  onAccept: () => void;
  onReject: () => void;
};

function Waiting({ of, line, past, onAccept, onReject }: WaitingProps) {
  const t = historyText();
  const [own, setOwn] = useState<string | null>(null);
  const row = useRef<HTMLLIElement>(null);
  const names = new Map(useCharacters(of).data?.items.map(({ id, name }) => [id, name]));
  const leave = () => {
    setOwn(null);
    row.current?.focus();
  };

  async function edit(): Promise<void> {
    const scene = line.entity.slice(line.entity.indexOf(":") + 1);
    const found = await queries.fetchQuery(sceneQuery(of, scene));
    const node = found.scene.nodes?.find(({ id }) => id === line.part);
    if (node?.type === "text") setOwn(node.content ?? "");
    else go({ view: "scenes", path: [scene, line.part] });
  }

  async function save(): Promise<void> {
    if (own === null) return;
    if (await attempt(() => reword(of, line, own), t("reworded"))) leave();
  }

  function beside(step: 1 | -1): void {
    const all = [...document.querySelectorAll<HTMLElement>(`.${css.line}`)];
    all[all.indexOf(row.current as HTMLElement) + step]?.focus();
  }

  function heard(event: KeyboardEvent): void {
    if (own !== null) {
      if (event.key === "Escape") leave();
      else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void save();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || past) return;
    if (event.key === "ArrowDown") beside(1);
    else if (event.key === "ArrowUp") beside(-1);
    else if (event.target !== row.current) return;
    else if (event.key === "a" || event.key === "r") {
      beside(1);
      if (event.key === "a") onAccept();
      else onReject();
    } else if (event.key === "e" && line.kind === "scene") void edit();
    else return;
    event.preventDefault();
  }

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the keys of a line work on it
    <li ref={row} className={css.line} tabIndex={0} onKeyDown={heard} aria-label={line.after}>
      <div className={prose.words}>
        {line.speaker && <small className={prose.who}>{names.get(line.speaker) ?? line.speaker}</small>}
        {own === null ? (
          <p>{line.before === null ? line.after : <Words marks={line.marks} />}</p>
        ) : (
          <textarea
            aria-label={t("ownWords")}
            value={own}
            rows={3}
            // biome-ignore lint/a11y/noAutofocus: the line was opened to be written
            autoFocus
            onChange={({ target }) => setOwn(target.value)}
          />
        )}
      </div>
      {!past && (
        <span className={css.tools}>
          {own === null ? (
            <>
              <Button small icon="check" onClick={onAccept} title={`${t("accept")} (A)`}>
                {t("accept")}
              </Button>
              {line.kind === "scene" && (
                <Button
                  small
                  look="plain"
                  icon="edit"
                  onClick={() => void edit()}
                  title={`${t("editIt")} (E)`}
                >
                  {t("editIt")}
                </Button>
              )}
              <Button small look="plain" icon="close" onClick={onReject} title={`${t("reject")} (R)`}>
                {t("reject")}
              </Button>
            </>
          ) : (
            <>
              <Button
                small
                look="primary"
                onClick={() => void save()}
                title={keysShown("Mod+Enter").join(" ")}
              >
                {t("saveOwn")}
              </Button>
              <Button small onClick={leave}>
                {t("cancel")}
              </Button>
            </>
          )}
        </span>
      )}
    </li>
  );
}
