import { type KeyboardEvent, useId, useLayoutEffect, useRef, useState } from "react";
import { change } from "@/api/commands";
import { slug } from "@/api/slug";
import { matches } from "@/shell/matching";
import { type Person, useEditor } from "./editor";
import { scenesText } from "./messages";
import css from "./script.module.css";

type Props = {
  row: string;
  /** The id of a character, a name that no character has, or null for the narrator. */
  speaker: string | null;
  onPick: (speaker: string | null) => void;
};

export const speakerKey = (row: string): string => `${row} speaker`;

/** Who says a line: a few letters find a character, a new name makes one, nothing is the narrator. */
export function Speaker({ row, speaker, onPick }: Props) {
  const t = scenesText();
  const editor = useEditor();
  const { people, readOnly, wanted } = editor;
  const [asked, setAsked] = useState<string | null>(null);
  const [chosen, setChosen] = useState(0);
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const person = speaker === null ? undefined : people.get(speaker);
  const name = person?.name ?? speaker ?? "";
  const wish = asked?.trim() ?? "";
  const known = asked === null ? [] : matches(wish, [...people.values()], (other) => other.name).slice(0, 8);
  const exact = known.some((other) => other.name.toLocaleLowerCase() === wish.toLocaleLowerCase());
  const options: (Person | null | string)[] = [
    ...known,
    ...(wish && !exact ? [wish] : []),
    ...(wish ? [] : [null]),
  ];

  useLayoutEffect(() => {
    if (wanted.current?.key !== speakerKey(row)) return;
    wanted.current = null;
    field.current?.focus();
    field.current?.select();
  });

  function pick(option: Person | null | string | undefined): void {
    setAsked(null);
    editor.focus(row, "end");
    if (option === undefined || option === person || (option === null && speaker === null)) return;
    if (typeof option !== "string") {
      onPick(option?.id ?? null);
      return;
    }
    const made = slug(option, people);
    void change(
      editor.moment,
      "characters",
      made,
      "introduce-character",
      { name: option },
      { label: t("newPerson") },
    );
    onPick(made);
  }

  function keyDown(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.nativeEvent.isComposing) return;
    if (step && asked !== null) setChosen((chosen + step + options.length) % options.length);
    else if (event.key === "Enter" || (event.key === "Tab" && !event.shiftKey))
      pick(asked === null ? person : asked.trim() === "" ? null : options[chosen]);
    else if (event.key === "Escape") pick(undefined);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div className={css.speaker}>
      <input
        ref={field}
        role="combobox"
        aria-label={t("speaker")}
        aria-expanded={asked !== null}
        aria-controls={id}
        aria-autocomplete="list"
        aria-activedescendant={asked !== null && options.length ? `${id}-${chosen}` : undefined}
        autoComplete="off"
        spellCheck={false}
        readOnly={readOnly}
        placeholder={t("narrator")}
        style={person?.colour ? ({ "--own": person.colour } as React.CSSProperties) : undefined}
        value={asked ?? name}
        onFocus={({ target }) => target.select()}
        onChange={({ target }) => {
          setAsked(target.value);
          setChosen(0);
        }}
        onKeyDown={keyDown}
        onBlur={() => setAsked(null)}
      />
      {asked !== null && (
        <div className={css.names} id={id} role="listbox" aria-label={t("speaker")} tabIndex={-1}>
          {options.map((option, index) => (
            <div
              key={typeof option === "string" ? "new" : (option?.id ?? "narrator")}
              id={`${id}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === chosen}
              onMouseDown={(event) => {
                event.preventDefault();
                pick(option);
              }}
            >
              {typeof option === "string"
                ? t("makePerson", { name: option })
                : (option?.name ?? t("narrator"))}
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
