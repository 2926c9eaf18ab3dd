import type { ReactNode } from "react";
import { Field, TextArea } from "@/components/Field";

type Props = {
  label: string;
  value: string;
  readOnly: boolean;
  wrong?: string | null | undefined;
  hint?: ReactNode;
  long?: boolean;
  suggestions?: string;
  placeholder?: string;
  onKeep: (value: string) => void;
};

/** A field that keeps what was written when it is left, or by Enter; Escape takes back what was not kept yet. */
export function Kept({ label, value, readOnly, wrong, hint, long, suggestions, placeholder, onKeep }: Props) {
  const common = {
    label,
    readOnly,
    wrong,
    hint,
    placeholder,
    defaultValue: value,
    key: value,
    onBlur: ({ currentTarget }: { currentTarget: { value: string } }) => {
      if (currentTarget.value !== value) onKeep(currentTarget.value);
    },
    onKeyDown: (event: React.KeyboardEvent<HTMLInputElement | HTMLTextAreaElement>) => {
      if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
        event.preventDefault();
        event.currentTarget.blur();
      }
      if (event.key !== "Escape") return;
      event.currentTarget.value = value;
      event.stopPropagation();
    },
  };
  const { key, ...rest } = common;
  return long ? <TextArea key={key} rows={4} {...rest} /> : <Field key={key} list={suggestions} {...rest} />;
}
