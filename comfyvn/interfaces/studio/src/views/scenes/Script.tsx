import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from "react";
import { type Moment, useCharacters, useScenes } from "@/api/queries";
import { Empty } from "@/components/Empty";
import { type Command, useCommands } from "@/shell/commands";
import { go, here } from "@/shell/place";
import { playBeside } from "@/views/play/beside";
import {
  type Caret,
  type Editor,
  EditorContext,
  type FreshRow,
  isFresh,
  type Person,
  withFresh,
} from "./editor";
import { Foot } from "./Foot";
import { scenesText } from "./messages";
import { beginLine } from "./rowKeys";
import { rowsOf } from "./rows";
import { ScriptRow } from "./ScriptRow";
import css from "./script.module.css";
import { Title } from "./Title";
import { useDrop } from "./useDrop";
import { useScene } from "./useScene";

type Props = { moment: Moment; id: string; line?: string | undefined };

const ADDRESS_MS = 500;
/** What rows are about as high as, before they are measured. */
const ROW_PX = 34;
const LINE_PX = 28;
const LINE_LETTERS = 66;

/** The script of a scene: a text to write in, row by row. */
export function Script({ moment, id, line }: Props) {
  const t = scenesText();
  const { scene, version, error, act } = useScene(moment, id);
  const [fresh, begin] = useState<FreshRow | null>(null);
  const [guarded, guard] = useState<string | null>(null);
  const [active, setActive] = useState<string | null>(line ?? null);
  const [, again] = useReducer((tick: number) => tick + 1, 0);
  const wanted = useRef<{ key: string; caret: Caret } | null>(line ? { key: line, caret: "start" } : null);
  const scroller = useRef<HTMLDivElement>(null);
  const characters = useCharacters(moment).data?.items;
  const scenes = useScenes(moment).data?.items;
  const readOnly = moment.at !== undefined;

  const sheet = useRef<HTMLOListElement>(null);
  const [margin, setMargin] = useState(0);
  useLayoutEffect(() => setMargin(sheet.current?.offsetTop ?? 0));

  const own = useMemo(() => (scene ? rowsOf(scene) : []), [scene]);
  const rows = useMemo(() => withFresh(own, fresh), [own, fresh]);
  if (fresh && own.some(({ key }) => key === fresh.key)) begin(null); // it has become a change

  const people = useMemo(
    () =>
      new Map(
        characters?.map((person): [string, Person] => [
          person.id,
          { id: person.id, name: person.name || person.id, colour: person.colour ?? null },
        ]),
      ),
    [characters],
  );
  const titles = useMemo(
    () => new Map(scenes?.map((other) => [other.id, other.title || other.id])),
    [scenes],
  );

  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) =>
      ROW_PX + LINE_PX * Math.floor((rows[index]?.node.content?.length ?? 0) / LINE_LETTERS),
    scrollMargin: margin,
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 12,
    rangeExtractor: ({ startIndex, endIndex, overscan, count }) => {
      const from = Math.max(0, startIndex - overscan);
      const to = Math.min(count - 1, endIndex + overscan);
      const shown = Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
      const kept = rows.findIndex(({ key }) => key === active);
      if (kept >= 0 && kept < from) shown.unshift(kept);
      if (kept > to) shown.push(kept);
      return shown;
    },
  });

  const latest = useRef({ rows, list });
  latest.current = { rows, list };
  const focus = useCallback((key: string, caret: Caret = "end") => {
    wanted.current = { key, caret };
    setActive(key);
    again();
  }, []);

  const shown = useRef(active);
  shown.current = active;
  useEffect(() => {
    if (line && line !== shown.current) focus(line);
  }, [line, focus]);

  useEffect(() => {
    const key = wanted.current?.key.split(" ")[0];
    const at = latest.current.rows.findIndex((row) => row.key === key);
    if (at >= 0 && !document.querySelector(`[data-row="${CSS.escape(key ?? "")}"]`))
      latest.current.list.scrollToIndex(at);
  });

  useEffect(() => {
    const timer = setTimeout(() => {
      const key = active && own.some((row) => row.key === active) ? active : undefined;
      if (here().view === "scenes" && here().path[0] === id)
        go({ path: key ? [id, key] : [id] }, { replace: true });
    }, ADDRESS_MS);
    return () => clearTimeout(timer);
  }, [active, id, own]);

  const editor = useMemo<Editor | null>(
    () =>
      scene
        ? {
            moment,
            scene,
            version,
            readOnly,
            rows,
            people,
            titles,
            act,
            begin,
            focus,
            wanted,
            guard,
            guarded,
          }
        : null,
    [moment, scene, version, readOnly, rows, people, titles, act, focus, guarded],
  );
  const drop = useDrop(editor);

  const start = useCallback(() => {
    const last = own.findLast(({ depth, edge }) => depth === 0 && !edge);
    const speaker = last?.kind === "line" ? (last.node.speaker ?? null) : null;
    if (editor) beginLine(editor, { block: "", after: last?.key ?? null }, speaker, 0);
  }, [own, editor]);

  const commands = useMemo<readonly Command[]>(() => {
    const group = t("title");
    const keys = [
      ["Enter", t("lineBelow")],
      ["Mod+Enter", t("choiceBelow")],
      ["Tab", t("tabKey")],
      ["Shift+Enter", t("breakKey")],
      ["Alt+ArrowUp", t("moveUp")],
      ["Alt+ArrowDown", t("moveDown")],
      ["Mod+I", t("condition")],
      ["Alt+Backspace", t("remove")],
      ["Escape", t("escapeKey")],
      ["/", t("slashKey")],
    ] as const;
    const row = own.find(({ key }) => key === active);
    return [
      {
        id: "scene.play",
        title: t("playHere"),
        keys: "Alt+P",
        icon: "play",
        group,
        run: () => playBeside(moment, id, row?.node.id),
      },
      {
        id: "scene.write",
        title: t("write"),
        keys: "Mod+Alt+Enter",
        icon: "edit",
        group,
        disabled: readOnly,
        run: start,
      },
      ...keys.map(([key, title]) => ({ id: `scene.${key}`, title, keys: key, group, local: true })),
    ];
  }, [t, readOnly, start, own, active, moment, id]);
  useCommands(commands);

  if (error && !scene) return <Empty icon="scenes" title={t("gone")} />;
  if (!editor || !scene) return null;
  return (
    <EditorContext value={editor}>
      <article
        className={css.script}
        aria-label={scene.title}
        onFocus={({ target }) => {
          const key = (target as HTMLElement).closest<HTMLElement>("[data-key]")?.dataset.key;
          if (key) setActive(key);
        }}
      >
        <div className={css.scroller} ref={scroller} {...drop.target}>
          <Title />
          <ol ref={sheet} className={css.sheet} style={{ blockSize: list.getTotalSize() }}>
            {list.getVirtualItems().map(({ key, index, start: top }) => {
              const row = rows[index];
              return (
                row && (
                  <li
                    key={key}
                    ref={list.measureElement}
                    data-index={index}
                    data-drop={drop.over === row.key || undefined}
                    className={css.item}
                    style={{ transform: `translateY(${top - margin}px)` }}
                  >
                    <ScriptRow row={row} index={index} />
                  </li>
                )
              );
            })}
          </ol>
          {!readOnly && (
            <button type="button" className={css.onward} onClick={start}>
              {rows.some((row) => !isFresh(row)) ? t("writeOn") : t("writeFirst")}
            </button>
          )}
        </div>
        <Foot />
      </article>
    </EditorContext>
  );
}
