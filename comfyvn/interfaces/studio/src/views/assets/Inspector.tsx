import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { api } from "@/api/client";
import { change } from "@/api/commands";
import type { Moment } from "@/api/queries";
import { Button, IconButton } from "@/components/Button";
import { Chip } from "@/components/Chip";
import { Dialog } from "@/components/Dialog";
import { Field } from "@/components/Field";
import { toastError } from "@/components/toasts";
import { bytes, duration } from "@/i18n/measures";
import { ago } from "@/i18n/messages";
import css from "./assets.module.css";
import { LineageDialog } from "./LineageDialog";
import { assetsText } from "./messages";
import { Picture } from "./Picture";
import { type Asset, assetQuery, fileOf, usesQuery } from "./queries";
import { show } from "./subjects";

/** Names of the machine itself: the server can open a folder there that the person sees. */
const LOCAL: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"]);

async function reveal({ project, branch }: Moment, asset: string): Promise<void> {
  await api.POST("/assets/{asset}/reveal", { params: { path: { asset }, query: { project, branch } } });
}

type Props = { moment: Moment; id: string; onClose: () => void };

/** All that is known of an asset; what a person knows better is changed here. */
export function Inspector({ moment, id, onClose }: Props) {
  const t = assetsText();
  const { data: asset } = useQuery(assetQuery(moment, id));
  const [lineage, setLineage] = useState(false);
  const [retiring, setRetiring] = useState(false);
  const past = moment.at !== undefined;
  if (!asset) return null;
  const name = asset.path_full.split("/").at(-1) ?? id;

  async function retire(): Promise<void> {
    setRetiring(false);
    await change(moment, "assets", id, "discard-asset", {} as never, { label: name });
    onClose();
  }

  return (
    <section className={css.inspector} aria-label={name}>
      <header>
        <h2>{name}</h2>
        <IconButton icon="close" label={t("close")} onClick={onClose} />
      </header>
      <Preview moment={moment} asset={asset} name={name} />
      <dl className={css.facts}>
        {facts(asset).map(([label, value]) => (
          <div key={label}>
            <dt>{t(label)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Licence key={String(asset.meta.license)} moment={moment} asset={asset} readOnly={past} />
      <Tags moment={moment} asset={asset} readOnly={past} />
      <Uses moment={moment} id={id} />
      <div className={css.buttons}>
        <Button icon="history" onClick={() => setLineage(true)}>
          {t("lineage")}
        </Button>
        <a className={css.link} href={fileOf(moment, id, "download")} download={name}>
          {t("download")}
        </a>
        {!past && LOCAL.has(location.hostname) && (
          <Button onClick={() => reveal(moment, id).catch(toastError)}>{t("reveal")}</Button>
        )}
        {!past && (
          <Button look="danger" icon="trash" onClick={() => setRetiring(true)}>
            {t("retire")}
          </Button>
        )}
      </div>
      {lineage && <LineageDialog moment={moment} id={id} name={name} onClose={() => setLineage(false)} />}
      {retiring && (
        <Dialog
          title={t("retire")}
          onClose={() => setRetiring(false)}
          foot={
            <>
              <Button onClick={() => setRetiring(false)}>{t("keep")}</Button>
              <Button look="danger" onClick={() => retire().catch(toastError)}>
                {t("retire")}
              </Button>
            </>
          }
        >
          <p>{t("retireAsk", { name })}</p>
        </Dialog>
      )}
    </section>
  );
}

function facts(
  asset: Asset,
): ["size" | "type" | "pixels" | "length" | "author" | "rating" | "came" | "hash", ReactNode][] {
  const { width, height, seconds, duration: long, author, rating } = asset.meta;
  const lasts = Number(seconds ?? long);
  return [
    ["type", assetsText.now(`type.${asset.type}`)],
    ["size", bytes(asset.bytes)],
    ...(width && height ? ([["pixels", `${width} × ${height}`]] as const) : []),
    ...(lasts ? ([["length", duration(lasts)]] as const) : []),
    ...(author ? ([["author", String(author)]] as const) : []),
    ...(rating ? ([["rating", String(rating)]] as const) : []),
    ["came", ago(asset.created_at)],
    ["hash", <code key="hash">{asset.hash.slice(0, 16)}…</code>],
  ].map(([label, value]) => [label, value] as never);
}

function Preview({ moment, asset, name }: { moment: Moment; asset: Asset; name: string }) {
  const t = assetsText();
  const address = fileOf(moment, asset.id, "download");
  const label = t("preview", { name });
  if (asset.type === "music" || asset.type === "sound" || asset.type === "voice")
    return (
      // biome-ignore lint/a11y/useMediaCaption: what is said in it stands in the story
      <audio className={css.audio} controls preload="metadata" src={address} aria-label={label} />
    );
  if (asset.type === "video")
    return (
      // biome-ignore lint/a11y/useMediaCaption: what is said in it stands in the story
      <video className={css.large} controls preload="metadata" src={address} aria-label={label} />
    );
  if (asset.type === "image" && asset.meta.mime !== "image/svg+xml")
    return <img className={css.large} src={address} alt={label} />;
  return <Picture moment={moment} asset={asset} />;
}

type Editing = { moment: Moment; asset: Asset; readOnly: boolean };

const branchOf = ({ project, branch }: Moment) => ({ project, branch });

function Licence({ moment, asset, readOnly }: Editing) {
  const t = assetsText();
  const known = String(asset.meta.license ?? "");
  const [wrong, setWrong] = useState<string | null>(null);

  async function put(license: string): Promise<void> {
    if (!license || license === known) return;
    try {
      await api.POST("/assets/{asset}/relicense", {
        params: { path: { asset: asset.id }, query: branchOf(moment) },
        body: { license },
      });
      setWrong(null);
    } catch (error) {
      setWrong(error instanceof Error ? error.message : String(error));
    }
  }

  return (
    <Field
      label={t("licence")}
      hint={t("licenceHint")}
      wrong={wrong}
      placeholder={t("noLicence")}
      defaultValue={known}
      readOnly={readOnly}
      spellCheck={false}
      onBlur={({ target }) => void put(target.value.trim())}
      onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
    />
  );
}

function Tags({ moment, asset, readOnly }: Editing) {
  const t = assetsText();
  const [typed, setTyped] = useState("");

  function set(verb: "tag" | "untag", tag: string): void {
    const params = { path: { asset: asset.id }, query: branchOf(moment) };
    api.POST(`/assets/{asset}/${verb}`, { params, body: { tag } }).then(() => setTyped(""), toastError);
  }

  return (
    <div className={css.tags}>
      <h3>{t("tags")}</h3>
      <ul>
        {asset.tags.map((tag) => (
          <li key={tag}>
            <Chip>
              {tag}
              {!readOnly && (
                <IconButton
                  icon="close"
                  small
                  label={t("removeTag", { tag })}
                  onClick={() => set("untag", tag)}
                />
              )}
            </Chip>
          </li>
        ))}
      </ul>
      {!readOnly && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (typed.trim()) set("tag", typed.trim());
          }}
        >
          <Field label={t("addTag")} value={typed} onChange={({ target }) => setTyped(target.value)} />
        </form>
      )}
    </div>
  );
}

function Uses({ moment, id }: { moment: Moment; id: string }) {
  const t = assetsText();
  const { data } = useQuery(usesQuery(moment, id));
  if (!data) return null;
  return (
    <div className={css.uses}>
      <h3>{t("uses")}</h3>
      {!data.total && <p>{t("noUses")}</p>}
      <ul>
        {data.items.slice(0, 30).map(({ subject, role, title, text, name }) => (
          <li key={`${subject} ${role} ${name}`}>
            <button type="button" onClick={() => show(subject)}>
              <strong>{title || subject}</strong> <small>{role}</small>
              <span>{text || name}</span>
            </button>
          </li>
        ))}
      </ul>
      {data.total > 30 && <p>{t("moreUses", { count: data.total - 30 })}</p>}
    </div>
  );
}
