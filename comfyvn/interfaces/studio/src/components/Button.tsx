import type { ComponentProps, ReactNode } from "react";
import css from "./controls.module.css";
import { Icon, type IconName } from "./Icon";

type Look = { look?: "primary" | "plain" | "danger" | "default"; small?: boolean };
type Props = Omit<ComponentProps<"button">, "type"> & Look & { icon?: IconName; type?: "button" | "submit" };

function classes(look: Look["look"], small?: boolean, icon?: boolean, more?: string): string {
  const names = [
    css.button,
    look && look !== "default" && css[look],
    small && css.small,
    icon && css.icon,
    more,
  ];
  return names.filter(Boolean).join(" ");
}

export function Button({ look, small, icon, type = "button", className, children, ...rest }: Props) {
  return (
    <button type={type} className={classes(look, small, false, className)} {...rest}>
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

/** A button that is only a picture; `label` is its name for all who do not see it, and its hint for all who do. */
export function IconButton({
  icon,
  label,
  look = "plain",
  small,
  className,
  children,
  ...rest
}: Omit<ComponentProps<"button">, "type"> & Look & { icon: IconName; label: string; children?: ReactNode }) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={classes(look, small, true, className)}
      {...rest}
    >
      <Icon name={icon} />
      {children}
    </button>
  );
}
