import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useMemo } from "react";
import { change } from "@/api/commands";
import { type Moment, useCharacters } from "@/api/queries";
import { slug } from "@/api/slug";
import { Button, IconButton } from "@/components/Button";
import { Empty } from "@/components/Empty";
import { Split } from "@/components/Split";
import { useCommands } from "@/shell/commands";
import { go } from "@/shell/place";
import type { ViewProps } from "@/shell/view";
import { fileOf } from "@/views/assets/queries";
import css from "./characters.module.css";
import { Editor } from "./Editor";
import { charactersText } from "./messages";
import { wordsQuery } from "./queries";

/** Everybody who speaks or is seen, and all that is known of one. */
export default function Characters({ path, ...moment }: ViewProps) {
  const t = charactersText();
  const { data } = useCharacters(moment);
  const words = useQuery(wordsQuery(moment)).data;
  const all = useMemo(
    () => (data?.items ?? []).toSorted((one, other) => (one.name ?? "").localeCompare(other.name ?? "")),
    [data],
  );
  const [id] = path;
  const { project, branch, at } = moment;
  const past = at !== undefined;
  const taken = all.map((character) => character.id).join("\n");

  const commands = useMemo(() => {
    function add(): void {
      const ids = new Set(taken.split("\n"));
      const made = slug(t("unnamed"), ids, "character");
      void change({ project, branch }, "characters", made, "introduce-character", {
        name: t("unnamed"),
      }).then(() => go({ path: [made] }));
    }
    return [
      {
        id: "characters.new",
        title: t("add"),
        keys: "Mod+Alt+N",
        icon: "plus" as const,
        group: t("title"),
        disabled: past,
        run: add,
      },
    ];
  }, [t, taken, project, branch, past]);
  useCommands(commands);
  const add = () => commands[0]?.run();

  function move(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>("li button")];
    const now = buttons.indexOf(document.activeElement as HTMLElement);
    buttons[Math.max(0, Math.min(buttons.length - 1, now + step))]?.focus();
  }

  const list = (
    <nav className={css.list} aria-label={t("list")} onKeyDown={move}>
      <header>
        <h1>{t("title")}</h1>
        {!past && <IconButton icon="plus" label={t("add")} onClick={add} />}
      </header>
      <ul>
        {all.map((character) => {
          const said = words?.get(character.id);
          return (
            <li key={character.id}>
              <button
                type="button"
                aria-current={character.id === id ? "true" : undefined}
                onClick={() => go({ path: [character.id] })}
              >
                <Face moment={moment} character={character} />
                <span className={css.listed}>
                  <span>{character.name}</span>
                  {said && <small>{t("said", { lines: said.lines, words: said.words })}</small>}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </nav>
  );

  return (
    <Split name="characters" label={t("width")} side={list}>
      {id ? (
        <Editor key={id} moment={moment} id={id} />
      ) : (
        data && (
          <Empty icon="characters" title={all.length ? t("choose") : t("none")}>
            {!all.length && <p>{t("noneText")}</p>}
            {!all.length && !past && (
              <Button look="primary" icon="plus" onClick={add}>
                {t("add")}
              </Button>
            )}
          </Empty>
        )
      )}
    </Split>
  );
}

type FaceProps = {
  moment: Moment;
  character: { name?: string; colour?: string | null; portrait_asset_id?: string | null };
};

/** The portrait of a character, small; without one the first letter in their colour. */
function Face({ moment, character: { name = "", colour, portrait_asset_id } }: FaceProps) {
  const ring = { borderColor: colour ?? "var(--line-strong)" };
  if (portrait_asset_id)
    return (
      <img className={css.face} style={ring} src={fileOf(moment, portrait_asset_id, "thumbnail")} alt="" />
    );
  return (
    <span className={css.face} style={ring} aria-hidden="true">
      {[...name][0]?.toLocaleUpperCase()}
    </span>
  );
}
