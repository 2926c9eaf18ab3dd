import { useEffect, useRef } from "react";
import { create } from "zustand";
import type { IconName } from "@/components/Icon";

/** Something that can be done by keys or from the palette. */
export type Command = {
  readonly id: string;
  readonly title: string;
  /** Such as "Mod+K" (Ctrl, on a Mac ⌘), "Alt+ArrowUp", "?". */
  readonly keys?: string;
  readonly icon?: IconName;
  /** The part of the studio that it belongs to, for the sheet of keys. */
  readonly group?: string;
  readonly disabled?: boolean;
  /** Only told in the sheet of keys: the part that has the focus hears its keys itself. */
  readonly local?: boolean;
  readonly run?: () => void;
};

type Commands = { lists: ReadonlyMap<object, readonly Command[]> };
const useLists = create<Commands>(() => ({ lists: new Map() }));

/** Offer commands while a component is shown. */
export function useCommands(commands: readonly Command[]): void {
  const owner = useRef({}).current;
  useEffect(() => {
    useLists.setState(({ lists }) => ({ lists: new Map(lists).set(owner, commands) }));
  }, [owner, commands]);
  useEffect(
    () => () =>
      useLists.setState(({ lists }) => {
        const left = new Map(lists);
        left.delete(owner);
        return { lists: left };
      }),
    [owner],
  );
}

/** All commands that are offered now. */
export function useOffered(): readonly Command[] {
  const lists = useLists(({ lists }) => lists);
  return [...lists.values()].flat();
}

/** Carry out a command by its id, where it is offered. */
export function runCommand(id: string): void {
  const command = [...useLists.getState().lists.values()].flat().find((offered) => offered.id === id);
  if (!command?.disabled) command?.run?.();
}

const mac = /Mac|iPhone|iPad/.test(navigator.platform);

/** Return keys as they are written for people. */
export function keysShown(keys: string): string[] {
  const names: Record<string, string> = {
    Mod: mac ? "⌘" : "Ctrl",
    Alt: mac ? "⌥" : "Alt",
    Shift: "⇧",
    ArrowUp: "↑",
    ArrowDown: "↓",
    Enter: "↵",
    Backspace: "⌫",
  };
  return keys.split(/\+(?=.)/).map((key) => names[key] ?? key);
}

/** Tell whether a key press is what `keys` name. */
export function pressed(event: KeyboardEvent | React.KeyboardEvent, keys: string): boolean {
  const parts = keys.split(/\+(?=.)/);
  const key = parts.at(-1) ?? "";
  const mod = mac ? event.metaKey : event.ctrlKey;
  const shift = parts.includes("Shift");
  const hit =
    parts.includes("Alt") && /^[a-z]$/i.test(key) ? event.code === `Key${key.toUpperCase()}` : undefined;
  return (
    (hit ?? event.key.toLowerCase() === key.toLowerCase()) &&
    mod === parts.includes("Mod") &&
    event.altKey === parts.includes("Alt") &&
    (event.shiftKey === shift || (!shift && key.length === 1 && !/[a-z0-9]/i.test(key)))
  );
}

function writing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** Carry out commands by their keys. Single letters, and undo in a text field, belong to the field that is written in. */
export function hearKeys(): () => void {
  function heard(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing) return;
    for (const command of [...useLists.getState().lists.values()].flat().reverse()) {
      if (!command.keys || command.local || !command.run || !pressed(event, command.keys)) continue;
      const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
      if (writing(event.target) && (plain || /^(Mod\+Z|Mod\+Y|Mod\+Shift\+Z)$/.test(command.keys))) continue;
      if (document.querySelector("dialog[open]") && command.keys !== "Mod+K") continue;
      event.preventDefault();
      if (!command.disabled) command.run();
      return;
    }
  }
  document.addEventListener("keydown", heard);
  return () => document.removeEventListener("keydown", heard);
}
