import { type ComponentProps, type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import { whileEditing } from "@/api/editing";
import { pressed, runCommand } from "@/shell/commands";
import { useEditor } from "./editor";
import css from "./script.module.css";

const PAUSE_MS = 1000;

/** What a row needs to know of the field when a key is pressed in it. */
export type Field = {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Make a change of what was typed, now. */
  readonly commit: () => void;
  /** Forget what was typed. */
  readonly drop: () => void;
};

type Props = {
  row: string;
  label: string;
  value: string;
  placeholder?: string;
  className?: string | undefined;
  /** Called with what was typed after a pause or when the field is left, and with the version that typing began on. */
  onChange: (text: string, version: number) => void;
  /** Hears keys first; true: it has dealt with it. */
  onKey: (event: KeyboardEvent<HTMLTextAreaElement>, field: Field) => boolean;
  onLeave?: (text: string) => void;
  onPasteText?: (pasted: string, field: Field) => boolean;
} & Pick<ComponentProps<"textarea">, "lang">;

/**
 * A field for the words of a row: it grows with them, and what is typed becomes a change at each pause.
 *
 * What others change meanwhile never takes the place of what is being typed.
 */
export function Words({
  row,
  label,
  value,
  placeholder,
  className,
  onChange,
  onKey,
  onLeave,
  onPasteText,
  lang,
}: Props) {
  const { version, readOnly, wanted } = useEditor();
  const [draft, setDraft] = useState<{ text: string; version: number } | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const composing = useRef(false);
  const typed = useRef(draft);
  typed.current = draft;
  const text = draft?.text ?? value;

  const commit = () => {
    clearTimeout(timer.current);
    const now = typed.current;
    if (!now) return;
    typed.current = null;
    setDraft(null);
    if (now.text !== value) onChange(now.text, now.version);
  };
  const drop = () => {
    clearTimeout(timer.current);
    typed.current = null;
    setDraft(null);
  };
  const latest = useRef(commit);
  latest.current = commit;

  useEffect(() => {
    const stop = whileEditing(() => latest.current());
    return () => {
      stop();
      latest.current();
    };
  }, []);

  useLayoutEffect(() => {
    const element = field.current;
    if (element && wanted.current?.key === row) {
      const { caret } = wanted.current;
      wanted.current = null;
      element.focus({ preventScroll: false });
      const at = caret === "start" ? 0 : caret === "end" ? element.value.length : caret;
      element.setSelectionRange(at, at);
    }
  });

  useLayoutEffect(() => {
    const element = field.current;
    if (!element || CSS.supports("field-sizing", "content")) return;
    element.style.blockSize = "auto";
    element.style.blockSize = text ? `${element.scrollHeight}px` : "";
  }, [text]);

  function type(now: string): void {
    const began = typed.current?.version ?? version;
    typed.current = { text: now, version: began };
    setDraft({ text: now, version: began });
    clearTimeout(timer.current);
    timer.current = setTimeout(() => composing.current || latest.current(), PAUSE_MS);
  }

  function keyDown(event: KeyboardEvent<HTMLTextAreaElement>): void {
    if (event.nativeEvent.isComposing) return;
    const { value: now, selectionStart: start, selectionEnd: end } = event.currentTarget;
    const undo = pressed(event, "Mod+Z")
      ? "undo"
      : pressed(event, "Mod+Shift+Z") || pressed(event, "Mod+Y")
        ? "redo"
        : null;
    if (undo && (!typed.current || typed.current.text === value)) {
      event.preventDefault();
      runCommand(undo);
    } else if (onKey(event, { text: now, start, end, commit, drop })) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  return (
    <textarea
      ref={field}
      className={`${css.words} ${className ?? ""}`}
      aria-label={label}
      placeholder={placeholder}
      value={text}
      readOnly={readOnly}
      rows={1}
      lang={lang}
      spellCheck
      data-row={row}
      onChange={({ target }) => type(target.value)}
      onKeyDown={keyDown}
      onCompositionStart={() => {
        composing.current = true;
      }}
      onCompositionEnd={() => {
        composing.current = false;
      }}
      onBlur={({ target }) => {
        const left = target.value;
        commit();
        onLeave?.(left);
      }}
      onPaste={(event) => {
        const { value: now, selectionStart: start, selectionEnd: end } = event.currentTarget;
        const pasted = event.clipboardData.getData("text/plain");
        if (onPasteText?.(pasted, { text: now, start, end, commit, drop })) event.preventDefault();
      }}
    />
  );
}
