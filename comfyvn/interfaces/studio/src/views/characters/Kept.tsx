import { type ComponentProps, useEffect, useRef, useState } from "react";
import { whileEditing } from "@/api/editing";
import { Field } from "@/components/Field";

type Props = Omit<ComponentProps<typeof Field>, "onChange" | "value"> & {
  value: string;
  /** Whether it may be left empty. */
  optional?: boolean;
  /** Called with what was written once it is left, or Enter is pressed. */
  onKeep: (value: string) => void;
};

/** A field that makes one change of what is written in it; Escape takes it back. */
export function Kept({ value, optional = false, onKeep, ...rest }: Props) {
  const [written, setWritten] = useState(value);
  const latest = useRef(() => {});
  const focused = useRef(false);
  useEffect(() => {
    if (!focused.current) setWritten(value);
  }, [value]);

  function keep(): void {
    const wanted = written.trim();
    if (!wanted && !optional) setWritten(value);
    else if (wanted !== value) onKeep(wanted);
  }
  latest.current = keep;
  useEffect(() => whileEditing(() => focused.current && latest.current()), []);

  return (
    <Field
      maxLength={200}
      {...rest}
      value={written}
      onFocus={() => {
        focused.current = true;
      }}
      onBlur={() => {
        focused.current = false;
        keep();
      }}
      onChange={({ target }) => setWritten(target.value)}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return;
        if (event.key === "Enter") keep();
        if (event.key === "Escape") setWritten(value);
      }}
    />
  );
}
