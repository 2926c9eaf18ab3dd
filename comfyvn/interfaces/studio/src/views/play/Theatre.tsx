import { type KeyboardEvent, useEffect, useRef, useState, type WheelEvent } from "react";
import type { Moment } from "@/api/queries";
import { Button } from "@/components/Button";
import { Empty } from "@/components/Empty";
import { usePreferences } from "@/design/preferences";
import { Choices } from "./Choices";
import { Controls } from "./Controls";
import { useDialogue } from "./dialogue";
import { Ending } from "./Ending";
import { Log } from "./Log";
import { useLiking } from "./liking";
import { playText } from "./messages";
import { useLooks } from "./pictures";
import css from "./play.module.css";
import { lineAt, usePlaying } from "./playing";
import { Record } from "./Record";
import { Side, useSmall } from "./Side";
import { Sounds } from "./Sounds";
import { StageView } from "./StageView";
import stageCss from "./stage.module.css";
import { nameFor, TextBox } from "./TextBox";
import { plain } from "./tags";
import { useTypewriter } from "./typewriter";
import { readingTime } from "./typing";
import { useKeys } from "./useKeys";
import { useRenewal } from "./useRenewal";
import { useVariables, Variables } from "./Variables";

export type Mode = "read" | "auto" | "skip";

type Props = {
  moment: Moment;
  play: string;
  /** Shows another playthrough in place of this one. */
  onOpen: (play: string) => void;
  onLeave?: () => void;
  /** Whether it stands beside something else, with little room. */
  compact?: boolean;
};

const SKIP_MS = 50;
const WHEEL_MS = 140;

/** A playthrough as a reader sees it, and beside it what a writer wants to know. */
export function Theatre({ moment, play, onOpen, onLeave, compact = false }: Props) {
  const t = playText();
  const { playing, error, read, choose, roll, force, save, load } = usePlaying(moment.project, play);
  const { cps, wait, side, set } = useLiking();
  const narrow = useSmall() || compact;
  const [beside, setBeside] = useState(false);
  const open = narrow ? beside : side;
  const toggle = (wanted: boolean) => (narrow ? setBeside(wanted) : set({ side: wanted }));
  const still =
    usePreferences(({ motion }) => motion) && document.documentElement.dataset.motion === "reduced";
  const speed = still ? 0 : cps;
  const told = useDialogue(moment.project, play, speed > 0 && playing !== undefined);
  const [mode, setMode] = useState<Mode>("read");
  const [bare, setBare] = useState(false);
  const stage = useRef<HTMLDivElement>(null);
  const wheeled = useRef(0);

  const status = playing?.status;
  const looks = useLooks(moment, status?.stage);
  const variables = useVariables(moment.project, status ?? { branch: moment.branch, position: 0 });
  const renewal = useRenewal(moment, playing, variables, onOpen);
  const at = playing && lineAt(playing.steps);
  const line = at?.line;
  const skips = mode === "skip";
  const typed = useTypewriter(
    `${play} ${at?.depth} ${at?.fresh}`,
    skips ? null : (at?.fresh ?? null),
    told,
    skips ? 0 : speed,
  );
  const over = status?.ended ?? null;
  const asked = status?.menu != null;
  const stuck = over !== null || asked || status?.closed === true;

  const { state, gone } = typed;
  const depth = status?.depth;
  const length = line ? plain(line.what).length : 0;
  useEffect(() => {
    if (depth === undefined || stuck) {
      if (stuck) setMode((was) => (was === "skip" ? "read" : was));
      return;
    }
    if (state !== "done" && mode !== "skip") return;
    const ms = mode === "skip" ? SKIP_MS : mode === "auto" ? readingTime(length, wait) : null;
    const due = gone === null ? ms : Math.min(gone * 1000, ms ?? Number.POSITIVE_INFINITY);
    if (due === null) return;
    const timer = setTimeout(read, due);
    return () => clearTimeout(timer);
  }, [depth, stuck, state, mode, gone, wait, length, read]);

  const loaded = playing !== undefined;
  useEffect(() => {
    if (loaded) stage.current?.focus({ preventScroll: true });
  }, [loaded]);

  function advance(): void {
    if (bare) setBare(false);
    else if (mode !== "read") setMode("read");
    else if (!typed.advance()) read();
  }

  function pick(edge: string): void {
    choose(edge);
    stage.current?.focus({ preventScroll: true });
  }

  const commands = useKeys({
    advance,
    back: () => roll(1),
    forward: () => roll(-1),
    auto: () => setMode(mode === "auto" ? "read" : "auto"),
    skip: () => setMode(mode === "skip" ? "read" : "skip"),
    bare: () => setBare(!bare),
    side: () => toggle(!open),
    log: () => {
      set({ tab: "log" });
      toggle(true);
    },
    mute: () => set({ muted: !useLiking.getState().muted }),
    closed: () => set({ closed: !useLiking.getState().closed }),
    renew: renewal.run,
  });

  function heard(event: KeyboardEvent): void {
    const option = asked && status.menu?.options[Number(event.key) - 1];
    if (option && !commands.writing(event)) pick(option.edge);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const all = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-choice]")];
      const now = all.indexOf(document.activeElement as HTMLElement);
      if (!all.length || commands.writing(event)) return;
      const step = event.key === "ArrowDown" ? now + 1 : now - 1;
      all.at(Math.min(Math.max(step, 0), all.length - 1))?.focus();
    } else if (!commands.heard(event)) return;
    event.preventDefault();
  }

  function wheel(event: WheelEvent): void {
    if (Math.abs(event.deltaY) < 4 || event.timeStamp - wheeled.current < WHEEL_MS) return;
    wheeled.current = event.timeStamp;
    roll(event.deltaY < 0 ? 1 : -1);
  }

  if (error && !playing)
    return (
      <Empty icon="warning" title={error.message}>
        {onLeave && <Button onClick={onLeave}>{t("toStart")}</Button>}
      </Empty>
    );
  if (!playing || !status) return <p className="visually-hidden">{t("loading")}</p>;

  const character = line?.speaker ? looks.cast.get(line.speaker) : undefined;
  const onStage = Object.values(status.stage.sprites).some(
    (sprite) => looks.characterOf(sprite)?.id === line?.speaker,
  );
  const name = line ? nameFor(line, character) : "";
  const caption = plain(status.menu?.caption ?? "");
  const said = line ? plain(line.what) : "";
  const tabs = {
    variables: <Variables variables={variables} playing={playing} onForce={force} />,
    log: <Log steps={playing.steps} looks={looks} onBack={roll} />,
    record: (
      <Record
        moment={moment}
        status={status}
        onSave={save}
        onLoad={(slot) => void load(slot)}
        onOpen={onOpen}
      />
    ),
  };

  return (
    <Side tabs={tabs} open={open} narrow={narrow} onClose={() => toggle(false)} onKeyDown={heard}>
      <div className={css.theatre}>
        <div className={stageCss.hall} data-bare={bare || undefined}>
          {/* biome-ignore lint/a11y/useKeyWithClickEvents: all of it hears keys, above */}
          <div
            ref={stage}
            className={stageCss.stage}
            role="group"
            aria-label={t("theatre")}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: who reads by keys stands on the stage
            tabIndex={0}
            onClick={(event) => !(event.target as Element).closest("button, a") && advance()}
            onWheel={wheel}
          >
            <StageView moment={moment} stage={status.stage} looks={looks} speaker={line?.speaker ?? null} />
            {line && !bare && (
              <TextBox
                line={line}
                character={character}
                aside={!onStage}
                upTo={typed.upTo}
                waits={state !== "typing" && !stuck}
                moment={moment}
              />
            )}
            {!bare && asked && state === "done" && (
              <Choices
                project={moment.project}
                status={status}
                caption={caption === said ? "" : caption}
                onChoose={pick}
              />
            )}
            {!bare && over && state === "done" && (
              <Ending
                playing={playing}
                moment={moment}
                onBack={() => roll(1)}
                onOpen={onOpen}
                onLeave={onLeave}
              />
            )}
          </div>
          <p className="visually-hidden" role="status" aria-live="polite">
            {name ? `${name}: ${said}` : said}
          </p>
        </div>
        <Controls
          status={status}
          line={line ?? null}
          mode={mode}
          renewal={renewal}
          side={open}
          onSide={() => toggle(!open)}
          onRoll={roll}
          onMode={setMode}
          onNext={advance}
          onLeave={onLeave}
        />
      </div>
      <Sounds moment={moment} stage={status.stage} looks={looks} />
    </Side>
  );
}
