import type { ComponentProps } from "react";
import css from "./controls.module.css";

export type Tone = "accent" | "warm" | "good" | "warn" | "bad";
type Props = ComponentProps<"span"> & { tone?: Tone | undefined };

/** A small fact. */
export function Chip({ tone, className, ...rest }: Props) {
  return <span className={`${css.chip} ${className ?? ""}`} data-tone={tone} {...rest} />;
}

/** A small fact that can be opened. */
export function ChipButton({
  tone,
  className,
  ...rest
}: Omit<ComponentProps<"button">, "type"> & { tone?: Tone | undefined }) {
  return <button type="button" className={`${css.chip} ${className ?? ""}`} data-tone={tone} {...rest} />;
}
