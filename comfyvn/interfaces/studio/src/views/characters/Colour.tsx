import { useEffect, useRef, useState } from "react";
import { whileEditing } from "@/api/editing";
import css from "./characters.module.css";
import { Kept } from "./Kept";
import { charactersText } from "./messages";

const PAUSE_MS = 500;
const PLAIN = "#888888";

type Props = {
  colour: string | null;
  readOnly: boolean;
  /** Called while a colour is looked for; null: with the one that is kept. */
  onTry: (colour: string | null) => void;
  onKeep: (colour: string | null) => void;
};

/** The colour of a character: what is tried shows at once, and after a pause it is kept as one change. */
export function Colour({ colour, readOnly, onTry, onKeep }: Props) {
  const t = charactersText();
  const [tried, setTried] = useState<string | null>(null);
  const keep = useRef(() => {});
  keep.current = () => {
    if (tried !== null && tried !== colour) onKeep(tried);
  };

  useEffect(() => {
    if (tried === null) return;
    const timer = setTimeout(() => keep.current(), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [tried]);
  useEffect(() => whileEditing(() => keep.current()), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was tried is over once another colour is kept
  useEffect(() => {
    setTried(null);
    onTry(null);
  }, [colour]);

  const shown = tried ?? colour ?? "";
  return (
    <div className={css.colour}>
      <label>
        <span>{t("colour")}</span>
        <input
          type="color"
          disabled={readOnly}
          value={/^#[\da-f]{6}$/i.test(shown) ? shown : PLAIN}
          onChange={({ target }) => {
            setTried(target.value);
            onTry(target.value);
          }}
        />
      </label>
      <Kept
        label={t("colourCode")}
        value={shown}
        optional
        readOnly={readOnly}
        spellCheck={false}
        onKeep={(value) => onKeep(value || null)}
      />
    </div>
  );
}
