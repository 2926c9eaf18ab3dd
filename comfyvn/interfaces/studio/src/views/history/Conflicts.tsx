import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useCharacters, useScenes } from "@/api/queries";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Icon } from "@/components/Icon";
import { usePlace } from "@/shell/place";
import type { Conflict, Settled } from "./acts";
import css from "./conflicts.module.css";
import { historyText } from "./messages";
import { said } from "./Prose";
import { Words } from "./Words";
import { marks } from "./wording";

type Choice = Settled[string];
type Props = {
  title: string;
  text: string;
  /** What both sides are called. */
  ours: string;
  theirs: string;
  /** What is done in the end. */
  act: string;
  conflicts: readonly Conflict[];
  /** Does it; tells whether it was done. */
  onSettle: (settled: Settled) => Promise<boolean>;
  onClose: () => void;
};

/** Asks for each thing that both sides changed, one after the other: the words of one, of the other, or one's own. */
export function Conflicts({ title, text, act, conflicts, onSettle, onClose, ...sides }: Props) {
  const t = historyText();
  const [index, setIndex] = useState(0);
  const [settled, setSettled] = useState<Settled>({});
  const [busy, setBusy] = useState(false);
  const open = conflicts.filter(({ id }) => settled[id] === undefined).length;
  const conflict = conflicts[Math.min(index, conflicts.length - 1)];
  const box = useRef<HTMLDivElement>(null);
  const id = conflict?.id;
  useEffect(() => {
    if (id) box.current?.querySelector<HTMLElement>("[role=radio]")?.focus();
  }, [id]);
  if (!conflict) return null;

  const choose = (choice: Choice) => setSettled({ ...settled, [conflict.id]: choice });
  const step = (by: number) => setIndex(Math.max(0, Math.min(conflicts.length - 1, index + by)));
  const all = (choice: "ours" | "theirs") =>
    setSettled(Object.fromEntries(conflicts.map(({ id }) => [id, settled[id] ?? choice])));

  async function finish(): Promise<void> {
    if (open || busy) return;
    setBusy(true);
    if (await onSettle(settled)) onClose();
    setBusy(false);
  }

  function next(): void {
    const following = [...conflicts.keys()].map((n) => (index + 1 + n) % conflicts.length);
    const undecided = following.find((n) => settled[conflicts[n]?.id ?? ""] === undefined);
    if (undecided === undefined) void finish();
    else setIndex(undecided);
  }

  function heard(event: KeyboardEvent): void {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      next();
      return;
    }
    if (event.target instanceof HTMLTextAreaElement && event.key === "Escape") {
      event.preventDefault();
      box.current?.querySelector<HTMLElement>("[role=radio]")?.focus();
      return;
    }
    if (event.target instanceof HTMLTextAreaElement || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "1") choose("ours");
    else if (event.key === "2") choose("theirs");
    else if (event.key === "3") box.current?.querySelector("textarea")?.focus();
    else if (event.key === "ArrowDown") step(1);
    else if (event.key === "ArrowUp") step(-1);
    else return;
    event.preventDefault();
  }

  return (
    <Dialog
      wide
      title={title}
      onClose={onClose}
      foot={
        <>
          <span className={css.keys}>{t("conflictKeys")}</span>
          {conflicts.length > 1 && open > 0 && (
            <>
              <Button onClick={() => all("ours")}>{t("allOf", { side: sides.ours })}</Button>
              <Button onClick={() => all("theirs")}>{t("allOf", { side: sides.theirs })}</Button>
            </>
          )}
          {conflicts.length > 1 && open > 0 && (
            <Button onClick={next}>{t("nextConflict", { count: open })}</Button>
          )}
          <Button look="primary" disabled={open > 0 || busy} onClick={() => void finish()}>
            {act}
          </Button>
        </>
      }
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys of all that is inside */}
      <div ref={box} className={css.conflicts} onKeyDown={heard}>
        <p>{text}</p>
        {conflicts.length > 1 && (
          <ol className={css.steps} aria-label={t("conflicts", { count: conflicts.length })}>
            {conflicts.map(({ id }, n) => (
              <li key={id}>
                <button
                  type="button"
                  aria-current={n === index ? "step" : undefined}
                  data-done={settled[id] === undefined ? undefined : ""}
                  aria-label={t("conflictOf", { number: n + 1, count: conflicts.length })}
                  onClick={() => setIndex(n)}
                >
                  {settled[id] === undefined ? n + 1 : <Icon name="check" size={13} />}
                </button>
              </li>
            ))}
          </ol>
        )}
        <One
          key={conflict.id}
          conflict={conflict}
          choice={settled[conflict.id]}
          onChoose={choose}
          {...sides}
        />
      </div>
    </Dialog>
  );
}

type OneProps = {
  conflict: Conflict;
  choice: Choice | undefined;
  onChoose: (choice: Choice) => void;
  ours: string;
  theirs: string;
};

function One({ conflict, choice, onChoose, ...names }: OneProps) {
  const t = historyText();
  const { base, ours, theirs, id, code } = conflict;
  const written = typeof choice === "object" ? choice.text : null;
  const wordable = typeof ours === "string" && typeof theirs === "string" && /\/(content|text)$/.test(id);
  const label = useLabel(conflict);
  return (
    <section aria-label={label}>
      <h3 className={css.where}>{label}</h3>
      <div className={css.base}>
        <small>{t("beforeBoth")}</small>
        <p>{said(base) || <em>{t("notThere")}</em>}</p>
      </div>
      <div className={css.sides} role="radiogroup" aria-label={label}>
        {(["ours", "theirs"] as const).map((side, n) => {
          const value = conflict[side];
          return (
            <button
              key={side}
              type="button"
              role="radio"
              aria-checked={choice === side}
              className={css.side}
              data-conflict={id}
              onClick={() => onChoose(side)}
            >
              <small>
                <kbd>{n + 1}</kbd> {names[side]}
                {choice === side && <Icon name="check" />}
              </small>
              <span>
                {value === null ? (
                  <em>{code === "removed_and_changed" ? t("removedThere") : t("notThere")}</em>
                ) : (
                  <Words marks={marks(said(base), said(value))} />
                )}
              </span>
            </button>
          );
        })}
      </div>
      {wordable && (
        <label className={css.own} data-chosen={written === null ? undefined : ""}>
          <small>
            <kbd>3</kbd> {t("ownWords")}
            {written !== null && <Icon name="check" />}
          </small>
          <textarea
            rows={2}
            value={written ?? ""}
            placeholder={t("ownPlaceholder")}
            onFocus={() => written === null && onChoose({ text: choice === "theirs" ? theirs : ours })}
            onChange={({ target }) => onChoose({ text: target.value })}
          />
        </label>
      )}
    </section>
  );
}

function useLabel({ entity, path = [], name: known, field: said }: Conflict): string {
  const t = historyText();
  const place = usePlace();
  const scenes = useScenes(place).data?.items;
  const characters = useCharacters(place).data?.items;
  const [kind, id = ""] = entity.split(/:(.*)/s);
  const name =
    kind === "scene"
      ? scenes?.find((scene) => scene.id === id)?.title
      : characters?.find((character) => character.id === id)?.name;
  const [first, , ...inner] = path;
  const field = first === "nodes" ? inner : path;
  const what = (said ?? field.join("/")).replaceAll("/", " \u203a ");
  const word = what === "content" ? t("theWords") : what || t("theWhole");
  return `${known ?? (name || id)} \u00b7 ${word}`;
}
