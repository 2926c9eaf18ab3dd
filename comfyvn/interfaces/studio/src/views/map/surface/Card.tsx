import { type CSSProperties, memo } from "react";
import { Icon, type IconName } from "@/components/Icon";
import type { Look, MapNode } from "./graph";
import css from "./surface.module.css";

const ICONS: Readonly<Record<Look, IconName>> = {
  scene: "scenes",
  code: "settings",
  text: "edit",
  choice: "choice",
  action: "action",
  exit: "next",
};

type Props = { node: MapNode; chosen: boolean; faded: boolean; joins: boolean };

/** A node that is near enough to be read. */
export const Card = memo(function Card({ node, chosen, faded, joins }: Props) {
  const { x, y, look, title, words, tone, begins, errors, warnings, heat, lost, ending } = node;
  return (
    <div
      className={css.card}
      style={{ left: x, top: y, "--heat": heat ?? 0 } as CSSProperties}
      data-look={look}
      data-tone={tone % 6}
      data-node={node.id}
      data-chosen={chosen || undefined}
      data-faded={faded || undefined}
      data-lost={lost ? true : undefined}
      data-heat={heat !== null || undefined}
    >
      <div className={css.title}>
        <Icon name={begins ? "play" : ICONS[look]} size={14} />
        <span dir="auto">{title}</span>
        {errors > 0 && (
          <b data-flag="bad">
            <Icon name="warning" size={12} />
            {errors}
          </b>
        )}
        {warnings > 0 && (
          <b data-flag="warn">
            <Icon name="warning" size={12} />
            {warnings}
          </b>
        )}
      </div>
      <div className={css.words} dir="auto">
        {lost || ending ? <b data-flag={lost ? "bad" : "good"}>{lost || ending}</b> : words}
      </div>
      {joins && look !== "exit" && <i className={css.join} />}
    </div>
  );
});
