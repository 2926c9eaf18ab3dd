import type { ReactNode } from "react";
import css from "./controls.module.css";
import { Icon, type IconName } from "./Icon";

/** What a view shows where there is nothing yet: what would be here, and how it gets here. */
export function Empty({ icon, title, children }: { icon: IconName; title: string; children?: ReactNode }) {
  return (
    <div className={css.empty}>
      <Icon name={icon} size={36} />
      <h2>{title}</h2>
      {children}
    </div>
  );
}
