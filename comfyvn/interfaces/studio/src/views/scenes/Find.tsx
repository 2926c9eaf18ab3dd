import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Fragment, type KeyboardEvent, useDeferredValue, useEffect, useRef, useState } from "react";
import { api, type Schemas } from "@/api/client";
import { finishEditing } from "@/api/editing";
import { sent } from "@/api/outbox";
import { branchKey, type Moment } from "@/api/queries";
import { Button, IconButton } from "@/components/Button";
import { Field } from "@/components/Field";
import { toast, toastError } from "@/components/toasts";
import { go } from "@/shell/place";
import css from "./find.module.css";
import { scenesText } from "./messages";

type Hit = Pick<Schemas["Hit"], "entity" | "part">;
type Props = { moment: Moment; scene: string | undefined; onClose: () => void };

const SHOWN = 200;

/** Find words in all scenes, and replace them in those hits that are chosen, as one change. */
export function Find({ moment, scene, onClose }: Props) {
  const t = scenesText();
  const [wanted, setWanted] = useState({ text: "", replacement: "", case: false, word: false, here: false });
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const asked = useDeferredValue(wanted);
  const field = useRef<HTMLDivElement>(null);
  const readOnly = moment.at !== undefined;
  useEffect(() => field.current?.querySelector("input")?.focus(), []);

  const { project, branch, at } = moment;
  const what = {
    text: asked.text,
    case: asked.case,
    word: asked.word,
    ...(asked.here && scene ? { scene } : {}),
    project,
    branch,
  };
  const { data, error } = useQuery({
    queryKey: branchKey(moment, "search", what),
    queryFn: async () => {
      const query = { limit: SHOWN, ...what, ...(at === undefined ? {} : { at }) };
      return (await api.GET("/api/search", { params: { query } })).data;
    },
    enabled: asked.text !== "",
    placeholderData: keepPreviousData,
  });
  const items = asked.text && data ? data.items : [];
  const chosen = items.filter((hit) => !left.has(hit.id));
  const total = asked.text && data ? data.total : 0;
  const replacing = !readOnly && asked.replacement !== "";
  const count = left.size ? chosen.length : total;

  async function replace(): Promise<void> {
    try {
      finishEditing();
      await sent();
      const only = left.size ? { only: chosen.map(({ id }) => id) } : {};
      await api.POST("/api/replace", { body: { ...what, replacement: wanted.replacement, ...only } });
      toast(t("replaced", { count }), "good");
    } catch (problem) {
      toastError(problem, t("replace"));
    }
  }

  function keyDown(event: KeyboardEvent): void {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    onClose();
  }

  const set = (changes: Partial<typeof wanted>) => {
    setLeft(new Set());
    setWanted({ ...wanted, ...changes });
  };

  return (
    <search className={css.find} onKeyDown={keyDown}>
      <header>
        <h1>{t("find")}</h1>
        <IconButton icon="close" label={t("findClose")} onClick={onClose} />
      </header>
      <div className={css.form} ref={field}>
        <Field
          label={t("findText")}
          value={wanted.text}
          maxLength={500}
          onChange={({ target }) => set({ text: target.value })}
          wrong={asked.text ? error?.message : null}
        />
        {!readOnly && (
          <Field
            label={t("replaceWith")}
            value={wanted.replacement}
            maxLength={500}
            onChange={({ target }) => set({ replacement: target.value })}
          />
        )}
        <div className={css.options}>
          {(["word", "case", "here"] as const).map((name) => (
            <label key={name}>
              <input
                type="checkbox"
                checked={wanted[name]}
                disabled={name === "here" && !scene}
                onChange={({ target }) => set({ [name]: target.checked })}
              />
              {t(`find.${name}`)}
            </label>
          ))}
        </div>
        {replacing && (
          <Button look="primary" disabled={!count || wanted !== asked} onClick={() => void replace()}>
            {t("replaceCount", { count })}
          </Button>
        )}
        <p role="status">{asked.text ? t("found", { count: total }) : t("findHint")}</p>
      </div>
      <ul className={css.hits}>
        {items.map((hit, index) => (
          <li key={hit.id}>
            {hit.name !== items[index - 1]?.name && <h2>{hit.name}</h2>}
            <div className={css.hit}>
              {replacing && (
                <input
                  type="checkbox"
                  aria-label={t("replaceThis")}
                  checked={!left.has(hit.id)}
                  onChange={({ target }) => {
                    const now = new Set(left);
                    if (target.checked) now.delete(hit.id);
                    else now.add(hit.id);
                    setLeft(now);
                  }}
                />
              )}
              <button type="button" onClick={() => open(hit)}>
                {hit.who && <strong>{hit.who} </strong>}
                <Marked text={hit.text} spans={hit.spans} by={replacing ? asked.replacement : null} />
              </button>
            </div>
          </li>
        ))}
      </ul>
    </search>
  );
}

function open({ entity, part }: Hit): void {
  const [kind, ...id] = entity.split(":");
  if (kind === "scene") go({ path: part ? [id.join(":"), part] : [id.join(":")] });
}

type MarkedProps = { text: string; spans: readonly number[][]; by: string | null };

/** A text with the words that were found, and what comes in their place; places count characters, not halves of them. */
function Marked({ text, spans, by }: MarkedProps) {
  const letters = [...text];
  let end = 0;
  return (
    <span>
      {spans.map(([from = 0, to = 0]) => {
        const before = letters.slice(end, from).join("");
        const found = letters.slice(from, to).join("");
        end = to;
        return (
          <Fragment key={from}>
            {before}
            {by === null ? <mark>{found}</mark> : <del>{found}</del>}
            {by !== null && <ins>{by}</ins>}
          </Fragment>
        );
      })}
      {letters.slice(end).join("")}
    </span>
  );
}
