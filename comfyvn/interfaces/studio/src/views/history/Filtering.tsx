import { useEffect, useState } from "react";
import type { Branch } from "@/api/client";
import { useCharacters, useScenes } from "@/api/queries";
import { Button, IconButton } from "@/components/Button";
import controls from "@/components/controls.module.css";
import { Menu, type MenuItem } from "@/components/Menu";
import { type Change, type Filters, KINDS, type Kind } from "./changes";
import css from "./history.module.css";
import { historyText } from "./messages";

const PAUSE_MS = 250;
const MOST_ENTITIES = 200;

type Props = {
  of: Branch;
  filters: Filters;
  onFilter: (filters: Filters) => void;
  changes: readonly Change[];
};

/** What of the history is shown: words, people, kinds of changes, a scene or a character. */
export function Filtering({ of, filters, onFilter, changes }: Props) {
  const t = historyText();
  const [text, setText] = useState(filters.text ?? "");
  const [people, setPeople] = useState<readonly string[]>([]);
  const scenes = useScenes(of).data?.items ?? [];
  const characters = useCharacters(of).data?.items ?? [];
  const { text: asked = "" } = filters;
  useEffect(() => {
    if (text.trim() === asked) return;
    const pause = setTimeout(() => onFilter({ ...filters, text: text.trim() }), PAUSE_MS);
    return () => clearTimeout(pause);
  }, [text, asked, filters, onFilter]);
  const known = [...new Set([...people, ...changes.map(({ actor }) => actor)])].toSorted();
  if (known.length !== people.length) setPeople(known);

  const set = (changed: Partial<Filters>) => onFilter({ ...filters, ...changed });
  const without = (name: "actor" | "entity") => {
    const { [name]: _, ...left } = filters;
    onFilter(left);
  };
  const who: MenuItem[] = [
    { label: t("anybody"), checked: !filters.actor, onPick: () => without("actor") },
    "rule",
    ...known.map((actor) => ({
      label: actor,
      checked: filters.actor === actor,
      onPick: () => set({ actor }),
    })),
  ];
  const kinds = filters.kind ?? [];
  const what: MenuItem[] = [
    { label: t("anyKind"), checked: !kinds.length, onPick: () => set({ kind: [] }) },
    "rule",
    ...KINDS.map((kind) => ({
      label: t(`does.${kind}`),
      checked: kinds.includes(kind),
      onPick: () => set({ kind: toggled(kinds, kind) }),
    })),
  ];
  const entities = [
    ...scenes
      .filter(({ role }) => role === "story")
      .map(({ id, title }) => ({ entity: `scene:${id}`, name: title || id })),
    ...characters.map(({ id, name }) => ({ entity: `character:${id}`, name: name || id })),
  ].slice(0, MOST_ENTITIES);
  const where: MenuItem[] = [
    { label: t("anywhere"), checked: !filters.entity, onPick: () => without("entity") },
    "rule",
    ...entities.map(({ entity, name }) => ({
      label: name,
      checked: filters.entity === entity,
      onPick: () => set({ entity }),
    })),
  ];
  const place = entities.find(({ entity }) => entity === filters.entity)?.name;
  const some = asked || filters.actor || kinds.length || filters.entity;
  return (
    <search className={css.filters} aria-label={t("filter")}>
      <input
        type="search"
        className={controls.input}
        placeholder={t("searchPlaceholder")}
        aria-label={t("searchPlaceholder")}
        value={text}
        maxLength={200}
        onChange={({ target }) => setText(target.value)}
      />
      <Picker label={t("who")} value={filters.actor} items={who} />
      <Picker label={t("what")} value={kinds.map((kind) => t(`does.${kind}`)).join(", ")} items={what} />
      <Picker label={t("where")} value={place} items={where} />
      {some ? (
        <IconButton
          icon="close"
          small
          label={t("showAll")}
          onClick={() => {
            setText("");
            onFilter({});
          }}
        />
      ) : null}
    </search>
  );
}

function toggled(kinds: readonly Kind[], kind: Kind): Kind[] {
  return kinds.includes(kind) ? kinds.filter((each) => each !== kind) : [...kinds, kind];
}

function Picker({
  label,
  value,
  items,
}: {
  label: string;
  value: string | undefined;
  items: readonly MenuItem[];
}) {
  return (
    <Menu label={label} items={items}>
      {(trigger) => (
        <Button
          small
          look={value ? "default" : "plain"}
          icon="down"
          className={css.picker ?? ""}
          aria-label={value ? `${label}: ${value}` : label}
          {...trigger}
        >
          <span>{value || label}</span>
        </Button>
      )}
    </Menu>
  );
}
