import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import { historyQuery, type Moment, useScenes } from "@/api/queries";
import { Button } from "@/components/Button";
import { toastError } from "@/components/toasts";
import { ago } from "@/i18n/messages";
import { go } from "@/shell/place";
import { playText } from "./messages";
import css from "./play.module.css";
import type { Menu, Output } from "./playing";
import { plain } from "./tags";

type Met = { outputs: Output[]; menu: Menu | null };
type Found = {
  result: "same" | "diverged";
  divergence: {
    step: number;
    scene: string;
    node: string | null;
    before: Met;
    now: Met | null;
    message: string;
  } | null;
  commit: { position: number } | null;
};

/** Plays a recorded playthrough again on the story as it is now, and tells where it parts and which change did it. */
export function Comparing({ moment, play }: { moment: Moment; play: string }) {
  const t = playText();
  const [found, setFound] = useState<Found | null>(null);
  const [busy, setBusy] = useState(false);

  async function compare(): Promise<void> {
    setBusy(true);
    const { project, branch, at } = moment;
    const query = { project, branch, ...(at === undefined ? {} : { at }) };
    try {
      const params = { path: { play }, query };
      const { data } = await api.POST("/api/playthroughs/{play}/replay", { params });
      setFound(data as unknown as Found);
    } catch (error) {
      toastError(error);
    } finally {
      setBusy(false);
    }
  }

  return (
    <div className={css.comparing}>
      <Button small icon="history" disabled={busy} onClick={() => void compare()}>
        {t("replay")}
      </Button>
      <div role="status">
        {found?.result === "same" && <p className={css.same}>{t("same")}</p>}
        {found?.divergence && <Parted moment={moment} found={found} parted={found.divergence} />}
      </div>
    </div>
  );
}

type Parting = { moment: Moment; found: Found; parted: NonNullable<Found["divergence"]> };

function Parted({ moment, found, parted: { step, scene, node, before, now, message } }: Parting) {
  const t = playText();
  const scenes = useScenes(moment).data?.items;
  const title = scenes?.find(({ id }) => id === scene)?.title || scene;
  const [was, is] = [wordsOf(before), now ? wordsOf(now) : []];
  return (
    <div className={css.parted}>
      <p>
        <strong>{t("parts", { step: step + 1, scene: title })}</strong>
      </p>
      <dl>
        <dt>{t("before")}</dt>
        <dd>
          <Told words={was} others={is} mark="del" />
        </dd>
        <dt>{t("now")}</dt>
        <dd>{now ? <Told words={is} others={was} mark="ins" /> : <p>{message}</p>}</dd>
      </dl>
      {found.commit ? <Culprit moment={moment} position={found.commit.position} /> : <p>{t("noCulprit")}</p>}
      <Button small icon="edit" onClick={() => go({ view: "scenes", path: node ? [scene, node] : [scene] })}>
        {t("toLine")}
      </Button>
    </div>
  );
}

function Told({ words, others, mark: Mark }: { words: string[]; others: string[]; mark: "ins" | "del" }) {
  return words.map((text) => <p key={text}>{others.includes(text) ? text : <Mark>{text}</Mark>}</p>);
}

function Culprit({ moment, position }: { moment: Moment; position: number }) {
  const t = playText();
  const { data } = useQuery(historyQuery({ ...moment, at: position }, { limit: 1 }));
  const commit = data?.items[0];
  if (!commit) return null;
  return (
    <p className={css.culprit}>
      {t("culprit")} <strong>{commit.name}</strong>
      <small>
        {commit.actor} · {ago(commit.at)}
      </small>
    </p>
  );
}

/** What a reader met at a moment, in words. */
function wordsOf({ outputs, menu }: Met): string[] {
  const told = outputs.flatMap((output) => {
    if (output.type === "line") return [`${output.who ? `${output.who}: ` : ""}${plain(output.what)}`];
    if (output.type === "menu") return [`→ ${plain(output.options[output.picked] ?? "")}`];
    if (output.type === "stage") return [`${output.verb} ${output.content}`];
    if (output.type === "end") return [`⏹ ${output.reason}${output.message ? `: ${output.message}` : ""}`];
    return [output.code];
  });
  return [...new Set([...told, ...(menu?.options ?? []).map(({ text }) => `• ${plain(text)}`)])];
}
