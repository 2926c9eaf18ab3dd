import { useVirtualizer } from "@tanstack/react-virtual";
import { type Ref, useDeferredValue, useEffect, useId, useMemo, useRef, useState } from "react";
import { Icon } from "@/components/Icon";
import css from "./map.module.css";
import { mapText } from "./messages";
import { findIn, type Item, rowsOf } from "./model";
import type { Graph } from "./surface/graph";

const ROW = 44;

type Props = {
  search: Ref<HTMLInputElement>;
  graph: Graph;
  tree: readonly Item[];
  chosen: string | null;
  onChoose: (node: string) => void;
  onOpen: (node: string) => void;
  onFound: (found: ReadonlySet<string> | null) => void;
};

/** A map as a tree of any length, with a field to find things in it; what is found is marked on the map, too. */
export function Outline({ search, graph, tree, chosen, onChoose, onOpen, onFound }: Props) {
  const t = mapText();
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [asked, setAsked] = useState("");
  const wanted = useDeferredValue(asked.trim());
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const [at, setAt] = useState<string | null>(null);

  const found = useMemo(() => (wanted ? findIn(graph.nodes, wanted) : null), [wanted, graph]);
  useEffect(() => onFound(found && new Set(found.map((node) => node.id))), [found, onFound]);
  const rows = useMemo((): Item[] => {
    if (found)
      return found.map((node) => ({
        key: node.id,
        node: node.id,
        title: node.title,
        detail: node.words,
        level: 1,
        children: [],
      }));
    // groups are open at first, what is in them is not
    const open = new Set(tree.filter(({ node }) => node === null).map(({ key }) => key));
    for (const key of toggled) if (!open.delete(key)) open.add(key);
    return rowsOf(tree, open);
  }, [found, tree, toggled]);
  const place = new Map(rows.map((row, n) => [row.key, n]));
  const now = place.get(at ?? "") ?? place.get(chosen ?? "") ?? 0;

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 6,
  });
  const isOpen = (n: number) => (rows[n + 1]?.level ?? 0) > (rows[n]?.level ?? 0);
  useEffect(() => {
    const n = rows.findIndex((row) => row.key === chosen);
    if (n < 0) return;
    setAt(chosen);
    virtual.scrollToIndex(n);
  }, [chosen, rows, virtual]);

  function toggle(key: string): void {
    setToggled((all) => {
      const next = new Set(all);
      if (!next.delete(key)) next.add(key);
      return next;
    });
  }

  function move(to: number): void {
    const row = rows[Math.max(0, Math.min(to, rows.length - 1))];
    if (!row) return;
    setAt(row.key);
    virtual.scrollToIndex(rows.indexOf(row));
    if (row.node && row.key === row.node) onChoose(row.node);
  }

  function key(event: React.KeyboardEvent): void {
    const row = rows[now];
    if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
    const moves: Record<string, number> = {
      arrowdown: now + 1,
      arrowup: now - 1,
      home: 0,
      end: rows.length - 1,
      pagedown: now + 10,
      pageup: now - 10,
    };
    const to = moves[event.key.toLowerCase()];
    if (to !== undefined) move(to);
    else if (event.key === "ArrowRight" && row.children.length) isOpen(now) ? move(now + 1) : toggle(row.key);
    else if (event.key === "ArrowLeft" && isOpen(now)) toggle(row.key);
    else if (event.key === "ArrowLeft" && row.level > 1)
      move(rows.slice(0, now).findLastIndex(({ level }) => level < row.level));
    else if (event.key === " " && row.node) onChoose(row.node);
    else if (event.key === "Enter" && row.node) row.key === row.node ? onOpen(row.node) : onChoose(row.node);
    else return;
    event.preventDefault();
  }

  return (
    <nav className={css.outline} aria-label={t("outline")}>
      <div className={css.search}>
        <Icon name="search" />
        <input
          ref={search}
          type="search"
          aria-label={t("search")}
          placeholder={t("search")}
          value={asked}
          onChange={(event) => setAsked(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") setAsked("");
            else if (event.key === "Enter" || event.key === "ArrowDown")
              move(found && at === null ? 0 : now + 1);
            else return;
            event.preventDefault();
          }}
        />
        <small role="status">{found && t("found", { count: found.length })}</small>
      </div>
      <div
        ref={scroller}
        className={css.tree}
        role="tree"
        aria-label={t("outline")}
        tabIndex={0}
        aria-activedescendant={rows.length ? `${id}-${now}` : undefined}
        onKeyDown={key}
      >
        <div role="none" style={{ blockSize: virtual.getTotalSize(), position: "relative" }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = rows[index];
            if (!row) return null;
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the tree hears the keys
              // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus
              <div
                key={row.key}
                id={`${id}-${index}`}
                role="treeitem"
                aria-level={row.level}
                aria-setsize={rows.length}
                aria-posinset={index + 1}
                aria-selected={row.node !== null && row.node === chosen && row.key === row.node}
                aria-expanded={row.children.length ? isOpen(index) : undefined}
                className={css.row}
                data-now={index === now || undefined}
                style={{ transform: `translateY(${start}px)`, "--level": row.level } as React.CSSProperties}
                onClick={() => {
                  setAt(row.key);
                  if (row.node) onChoose(row.node);
                  else toggle(row.key);
                }}
                onDoubleClick={() => row.node && onOpen(row.node)}
              >
                {row.children.length > 0 && (
                  // biome-ignore lint/a11y/noStaticElementInteractions: a bigger target for what arrow keys do
                  // biome-ignore lint/a11y/useKeyWithClickEvents: the tree hears the keys
                  <span
                    className={css.twist}
                    data-open={isOpen(index) || undefined}
                    onClick={(event) => {
                      event.stopPropagation();
                      toggle(row.key);
                    }}
                  >
                    <Icon name="next" size={12} />
                  </span>
                )}
                <span dir="auto">{row.title}</span>
                {row.detail && <small dir="auto">{row.detail}</small>}
              </div>
            );
          })}
        </div>
      </div>
    </nav>
  );
}
