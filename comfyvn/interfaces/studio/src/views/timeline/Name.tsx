import { useEffect, useState } from "react";
import css from "./timeline.module.css";

type Props = { label: string; value: string; readOnly?: boolean; onChange: (value: string) => void };

/** A name that is changed where it stands: Enter or leaving it keeps what was written, Escape does not. */
export function Name({ label, value, readOnly, onChange }: Props) {
  const [written, setWritten] = useState(value);
  useEffect(() => setWritten(value), [value]);

  function keep(): void {
    const wanted = written.trim();
    if (!wanted) setWritten(value);
    else if (wanted !== value) onChange(wanted);
  }

  return (
    <input
      className={css.name}
      aria-label={label}
      value={written}
      readOnly={readOnly}
      maxLength={200}
      onChange={(event) => setWritten(event.currentTarget.value)}
      onBlur={keep}
      onKeyDown={(event) => {
        if (event.key === "Enter") keep();
        if (event.key === "Escape") setWritten(value);
      }}
    />
  );
}
