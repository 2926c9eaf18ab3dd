import css from "./history.module.css";

const TONES = ["accent", "warm", "good", "warn", "bad"] as const;

/** The first letter of a person's name, always in the same colour. */
export function Actor({ name, size }: { name: string; size?: "small" }) {
  const sum = [...name].reduce((total, letter) => (total * 31 + (letter.codePointAt(0) ?? 0)) % 9973, 7);
  return (
    <span className={css.face} data-tone={TONES[sum % TONES.length]} data-size={size} aria-hidden="true">
      {[...name][0]?.toLocaleUpperCase()}
    </span>
  );
}
