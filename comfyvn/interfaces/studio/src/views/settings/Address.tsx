import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import { infoQuery } from "@/api/metrics";
import { queries } from "@/api/queries";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { toastError } from "@/components/toasts";
import { settingsText } from "./messages";
import css from "./settings.module.css";

type Checked = { host: string; port: number; state: "here" | "free" | "taken" };

/** Where the server listens, and where it shall listen after its next start; whether that is possible is checked first. */
export function Address() {
  const t = settingsText();
  const { data: info } = useQuery(infoQuery);
  const [checked, setChecked] = useState<Checked | null>(null);
  if (!info) return null;
  const { configured } = info;

  async function check(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const host = String(form.get("host")).trim();
    const port = Number(form.get("port"));
    const { data } = await api.GET("/system/address", { params: { query: { host, port } } });
    if (!data) return;
    setChecked(data);
    if (data.state === "taken") return;
    await api.POST("/settings/save", { body: { server: { host, port } } });
    await Promise.all(["info", "settings"].map((key) => queries.invalidateQueries({ queryKey: [key] })));
  }

  return (
    <form className={css.address} onSubmit={(event) => check(event).catch(toastError)}>
      <p>{t("listens", { address: `${info.host}:${info.port}` })}</p>
      <Field label={t("host")} name="host" defaultValue={configured.host} required spellCheck={false} />
      <Field
        label={t("port")}
        name="port"
        type="number"
        min={1}
        max={65535}
        defaultValue={configured.port}
        required
        wrong={checked?.state === "taken" ? t("taken", { port: String(checked.port) }) : null}
      />
      <Button type="submit">{t("useAddress")}</Button>
      {info.relaunch && (
        <p className={css.relaunch} role="status">
          {t("relaunch", { address: `${configured.host}:${configured.port}` })}
        </p>
      )}
    </form>
  );
}
