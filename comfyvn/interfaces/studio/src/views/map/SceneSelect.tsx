import { type ReactNode, useState } from "react";
import { Select } from "@/components/Field";

type Props = {
  label: string;
  value: string;
  titles: ReadonlyMap<string, string>;
  disabled: boolean;
  onChange: (scene: string) => void;
  /** The options before the scenes. */
  children: ReactNode;
};

/** A choice among all scenes, which are listed when it is come to: there may be thousands. */
export function SceneSelect({ label, value, titles, disabled, onChange, children }: Props) {
  const [met, setMet] = useState(false);
  const listed = met ? [...titles] : [...titles].filter(([id]) => id === value);
  return (
    <Select
      label={label}
      value={value}
      disabled={disabled}
      onFocus={() => setMet(true)}
      onPointerEnter={() => setMet(true)}
      onChange={(event) => onChange(event.currentTarget.value)}
    >
      {children}
      {listed.map(([id, title]) => (
        <option key={id} value={id}>
          {title}
        </option>
      ))}
    </Select>
  );
}
