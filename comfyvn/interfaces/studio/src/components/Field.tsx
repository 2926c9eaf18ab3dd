import { type ComponentProps, type ReactNode, useId } from "react";
import css from "./controls.module.css";

type Told = { label: string; hint?: ReactNode; wrong?: string | null | undefined };

function Framed({ id, label, hint, wrong, children }: Told & { id: string; children: ReactNode }) {
  return (
    <div className={css.field}>
      <label className={css.label} htmlFor={id}>
        {label}
      </label>
      {children}
      {hint && (
        <div className={css.hint} id={`${id}-hint`}>
          {hint}
        </div>
      )}
      {wrong && (
        <div className={css.wrong} id={`${id}-wrong`} role="alert">
          {wrong}
        </div>
      )}
    </div>
  );
}

function described(id: string, { hint, wrong }: Omit<Told, "label">) {
  const by = [hint && `${id}-hint`, wrong && `${id}-wrong`].filter(Boolean).join(" ");
  return { id, "aria-describedby": by || undefined, "aria-invalid": wrong ? true : undefined };
}

/** A line of text with its label, a hint, and what is wrong with it. */
export function Field({ label, hint, wrong, ...rest }: Told & ComponentProps<"input">) {
  const id = useId();
  return (
    <Framed id={id} label={label} hint={hint} wrong={wrong}>
      <input className={css.input} {...described(id, { hint, wrong })} {...rest} />
    </Framed>
  );
}

export function TextArea({ label, hint, wrong, ...rest }: Told & ComponentProps<"textarea">) {
  const id = useId();
  return (
    <Framed id={id} label={label} hint={hint} wrong={wrong}>
      <textarea className={css.input} {...described(id, { hint, wrong })} {...rest} />
    </Framed>
  );
}

export function Select({ label, hint, wrong, children, ...rest }: Told & ComponentProps<"select">) {
  const id = useId();
  return (
    <Framed id={id} label={label} hint={hint} wrong={wrong}>
      <select className={css.input} {...described(id, { hint, wrong })} {...rest}>
        {children}
      </select>
    </Framed>
  );
}
