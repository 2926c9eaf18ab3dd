import { type ReactNode, useState } from "react";
import type { Schemas } from "@/api/client";
import { Chip, ChipButton } from "@/components/Chip";
import { historyText } from "./messages";
import css from "./prose.module.css";
import { Words } from "./Words";
import { marks } from "./wording";

export type SceneChange = Schemas["SceneChange"];
export type LineChange = Schemas["LineChange"];
export type EntityChange = Schemas["EntityChange"];
export type ProseChange = Schemas["Prose"];
type FieldChange = Schemas["FieldChange"];

const TONES = { added: "good", removed: "bad", changed: "warn", moved: "accent" } as const;

type Props = {
  prose: ProseChange;
  /** In two columns, the text before and the one after; else in one. */
  columns?: { before: string; after: string } | undefined;
  /** What can be done with a scene, said at its head, and with a line, said at its end. */
  sceneTools?: (scene: SceneChange) => ReactNode;
  lineTools?: (scene: SceneChange, line: LineChange) => ReactNode;
  entityTools?: (entity: EntityChange) => ReactNode;
};

/** What differs, as people read it: lines by scene and speaker with the words marked, then everything else. */
export function Prose({ prose, columns, sceneTools, lineTools, entityTools }: Props) {
  const t = historyText();
  const [only, setOnly] = useState<string | null | undefined>(undefined);
  const shown = (line: LineChange) => only === undefined || (line.speaker ?? null) === only;
  return (
    <div className={css.prose} data-columns={columns ? "" : undefined}>
      {prose.speakers.length > 1 && (
        <fieldset className={css.speakers}>
          <legend className="visually-hidden">{t("bySpeaker")}</legend>
          {prose.speakers.map(({ speaker, who, added, changed, removed, moved }) => (
            <ChipButton
              key={speaker ?? ""}
              aria-pressed={only === speaker}
              onClick={() => setOnly(only === speaker ? undefined : speaker)}
            >
              {who ?? speaker ?? t("narrator")} <b>{added + changed + removed + moved}</b>
            </ChipButton>
          ))}
        </fieldset>
      )}
      {prose.scenes.map((scene) => {
        const lines = scene.lines.filter(shown);
        if (!lines.length && only !== undefined) return null;
        return (
          <section
            key={scene.scene}
            className={css.scene}
            id={`scene-${scene.scene}`}
            aria-label={scene.title}
          >
            <header>
              <h3>{scene.title}</h3>
              <Counts {...scene} />
              <span className={css.tools}>{sceneTools?.(scene)}</span>
            </header>
            {columns && (
              <div className={css.columns} aria-hidden="true">
                <span>{columns.before}</span>
                <span>{columns.after}</span>
              </div>
            )}
            <Fields fields={scene.fields} />
            <ol>
              {lines.map((line, index) => (
                <Line
                  key={line.node}
                  line={line}
                  same={
                    index > 0 &&
                    lines[index - 1]?.speaker === line.speaker &&
                    lines[index - 1]?.type === line.type
                  }
                  columns={columns !== undefined}
                  tools={lineTools?.(scene, line)}
                />
              ))}
            </ol>
          </section>
        );
      })}
      {only === undefined && prose.others.length > 0 && (
        <section className={css.scene} aria-label={t("others")}>
          <header>
            <h3>{t("others")}</h3>
          </header>
          <ul className={css.others}>
            {prose.others.map((other) => (
              <li key={other.entity}>
                <p>
                  <Chip tone={TONES[other.what]}>{t(`what.${other.what}`)}</Chip>
                  <strong>{other.name}</strong>
                  <small>{kindName(other.kind)}</small>
                  <span className={css.tools}>{entityTools?.(other)}</span>
                </p>
                <Fields fields={other.fields} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

/** What a kind of entities is called. */
export function kindName(kind: string): string {
  const known = `kind.${kind}`;
  return known in historyText.catalogue.en ? historyText.now(known as "kind.scene") : kind;
}

/** How many lines of a scene differ, by what became of them. */
export function Counts({
  added,
  changed,
  removed,
  moved,
  what,
}: Pick<SceneChange, "added" | "changed" | "removed" | "moved" | "what">) {
  const t = historyText();
  const counts = { added, changed, removed, moved };
  return (
    <span className={css.counts}>
      {what !== "changed" && (
        <Chip tone={TONES[what]}>{t(`scene.${what === "moved" ? "changed" : what}`)}</Chip>
      )}
      {(["added", "changed", "removed", "moved"] as const).map(
        (name) =>
          counts[name] > 0 && (
            <span key={name} className={css.count} data-what={name}>
              {t(`count.${name}`, { count: counts[name] })}
            </span>
          ),
      )}
    </span>
  );
}

function Line({
  line,
  same,
  columns,
  tools,
}: {
  line: LineChange;
  same: boolean;
  columns: boolean;
  tools: ReactNode;
}) {
  const t = historyText();
  const label = `${t(`what.${line.what}`)}: ${line.who ?? t("narrator")}`;
  return (
    <li className={css.line} data-what={line.what} data-type={line.type}>
      <span className={css.sign} role="img" aria-label={label} title={t(`what.${line.what}`)}>
        {{ added: "+", removed: "\u2212", changed: "~", moved: "\u21c5" }[line.what]}
      </span>
      <div className={css.words}>
        {line.type === "action" ? (
          <small className={css.verb}>{line.verb}</small>
        ) : (
          !same && <small className={css.who}>{line.who ?? t("narrator")}</small>
        )}
        {columns ? (
          <div className={css.sides}>
            <p>
              {line.before === null ? <em>{t("notThere")}</em> : <Words marks={line.marks} side="before" />}
            </p>
            <p>
              {line.after === null ? <em>{t("notThere")}</em> : <Words marks={line.marks} side="after" />}
            </p>
          </div>
        ) : (
          <p>
            <Words marks={line.marks} />
          </p>
        )}
        <Fields fields={line.fields} />
      </div>
      <span className={css.tools}>{tools}</span>
    </li>
  );
}

function Fields({ fields }: { fields: readonly FieldChange[] }) {
  if (!fields.length) return null;
  return (
    <dl className={css.fields}>
      {fields.map((field) => (
        <div key={field.path}>
          <dt>{field.path.replaceAll("/", " \u203a ")}</dt>
          <dd>
            <Words marks={field.marks.length ? field.marks : marks(said(field.before), said(field.after))} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** A value as words. */
export function said(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((item) => typeof item !== "object")) return value.join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
