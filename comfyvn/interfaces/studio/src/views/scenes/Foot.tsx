import { useDeferredValue, useMemo } from "react";
import { useOutbox } from "@/api/outbox";
import { usePreferences } from "@/design/preferences";
import { useEditor } from "./editor";
import { scenesText } from "./messages";
import { countWords, wordsIn } from "./rows";
import css from "./script.module.css";

const counted = new Map<string, number>();
const KEPT = 20_000;

function count(text: string, language: string): number {
  const key = `${language} ${text}`;
  const known = counted.get(key);
  if (known !== undefined) return known;
  if (counted.size > KEPT) counted.clear();
  const words = countWords([text], language);
  counted.set(key, words);
  return words;
}

/** How long the scene is, who speaks how much, and whether all of it is kept. */
export function Foot() {
  const t = scenesText();
  const { people, scene: latest } = useEditor();
  const scene = useDeferredValue(latest);
  const language = usePreferences(({ language }) => (language === "pseudo" ? "en" : language));
  const waiting = useOutbox((outbox) => outbox.waiting.length);
  const { words, lines, speakers } = useMemo(() => {
    const bySpeaker = new Map<string, number>();
    for (const { type, speaker, content } of scene.nodes ?? []) {
      if (type === "text" && speaker)
        bySpeaker.set(speaker, (bySpeaker.get(speaker) ?? 0) + count(content ?? "", language));
    }
    return {
      words: wordsIn(scene).reduce((sum, text) => sum + count(text, language), 0),
      lines: (scene.nodes ?? []).filter(({ type }) => type === "text").length,
      speakers: [...bySpeaker].toSorted(([, one], [, other]) => other - one).slice(0, 5),
    };
  }, [scene, language]);
  return (
    <footer className={css.foot}>
      <span>{t("lines", { count: lines })}</span>
      <strong>{t("words", { count: words })}</strong>
      {speakers.map(([id, count]) => (
        <span key={id}>{t("speaks", { name: people.get(id)?.name ?? id, count })}</span>
      ))}
      <span className={css.kept} role="status">
        {waiting ? t("keeping") : t("kept")}
      </span>
    </footer>
  );
}
