import { useQuery } from "@tanstack/react-query";
import { projectsQuery } from "@/api/queries";
import { Button } from "@/components/Button";
import { Chip } from "@/components/Chip";
import { Select } from "@/components/Field";
import css from "./imports.module.css";
import { importsText } from "./messages";
import { type Candidate, type Options, POLICIES, type Source } from "./orders";

/** Engines that have a reader, by the name that the server knows them by. */
const ENGINES: Readonly<Record<string, string>> = {
  renpy: "Ren'Py",
  tyranoscript: "TyranoScript",
  kirikiri: "KiriKiri (KAG 3)",
  twine: "Twine",
  yarn: "Yarn Spinner",
  ink: "Ink",
  roleplay: "Roleplay",
  pack: "ComfyVN pack",
};

export const engineName = (engine: string): string => ENGINES[engine] ?? engine;

type Props = {
  source: Source;
  known: readonly Candidate[];
  options: Options;
  disabled: boolean;
  onChange: (options: Options) => void;
  onOrder: (dryRun: boolean) => void;
};

/** What a source is, and how it shall come in. */
export function Asking({ source, known, options, disabled, onChange, onOrder }: Props) {
  const t = importsText();
  const { data } = useQuery(projectsQuery);
  const set = (some: Partial<Options>) => onChange({ ...options, ...some });
  const engines = [...new Set([...known.map(({ engine }) => engine), ...Object.keys(ENGINES)])];
  return (
    <section className={css.asking}>
      <h2>
        {known[0] ? `${source.name} · ${engineName(known[0].engine)}` : t("unknown", { name: source.name })}
      </h2>
      {!known.length && <p>{t("unknownText")}</p>}
      <ul className={css.candidates}>
        {known.slice(0, 4).map(({ engine, confidence, evidence }) => (
          <li key={engine}>
            <Chip tone={engine === known[0]?.engine ? "accent" : undefined}>{engineName(engine)}</Chip>
            <span>{t("sure", { share: Math.round(confidence * 100) })}</span>
            <small>{evidence?.slice(0, 3).join(" · ")}</small>
          </li>
        ))}
      </ul>
      <div className={css.options}>
        <Select
          label={t("reader")}
          value={options.engine}
          onChange={({ target }) => set({ engine: target.value })}
        >
          <option value="">{t("best")}</option>
          {engines.map((engine) => (
            <option key={engine} value={engine}>
              {engineName(engine)}
            </option>
          ))}
        </Select>
        <Select
          label={t("project")}
          value={options.project}
          onChange={({ target }) => set({ project: target.value })}
        >
          <option value="">{t("own")}</option>
          {data?.items.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
        <Select
          label={t("policy")}
          value={options.policy}
          onChange={({ target }) => set({ policy: target.value as Options["policy"] })}
        >
          {POLICIES.map((policy) => (
            <option key={policy} value={policy}>
              {t(`policy.${policy}`)}
            </option>
          ))}
        </Select>
      </div>
      <div className={css.buttons}>
        <Button disabled={disabled} onClick={() => onOrder(true)}>
          {t("preview")}
        </Button>
        <Button look="primary" icon="imports" disabled={disabled} onClick={() => onOrder(false)}>
          {t("begin")}
        </Button>
      </div>
    </section>
  );
}
