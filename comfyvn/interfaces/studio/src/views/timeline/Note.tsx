import { useEffect, useRef, useState } from "react";
import { whileEditing } from "@/api/editing";
import css from "./timeline.module.css";

const PAUSE_MS = 1200;

type Props = {
  label: string;
  hint: string;
  value: string;
  readOnly: boolean;
  onChange: (value: string) => void;
};

/** A note that grows with its words; a pause keeps what was written, as one change. */
export function Note({ label, hint, value, readOnly, onChange }: Props) {
  const [written, setWritten] = useState(value);
  const kept = useRef(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    // what somebody else wrote comes in where nothing is being written here
    if (value !== kept.current) {
      setWritten((now) => (now === kept.current ? value : now));
      kept.current = value;
    }
  }, [value]);
  const keep = (text: string) => {
    clearTimeout(timer.current);
    if (text === kept.current) return;
    kept.current = text;
    onChange(text);
  };
  const latest = useRef(() => {});
  latest.current = () => keep(written);
  useEffect(() => whileEditing(() => latest.current()), []);
  return (
    <textarea
      className={css.note}
      aria-label={label}
      placeholder={readOnly ? "" : hint}
      rows={1}
      maxLength={10_000}
      readOnly={readOnly}
      value={written}
      onChange={({ currentTarget: { value: text } }) => {
        setWritten(text);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => keep(text), PAUSE_MS);
      }}
      onBlur={() => keep(written)}
    />
  );
}
