import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import { useConnection } from "@/api/connection";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Field } from "@/components/Field";
import { shellText } from "./messages";
import css from "./shell.module.css";

/** Asks for the token of a server that has one. */
export function SignIn() {
  const state = useConnection(({ state }) => state);
  const [wrong, setWrong] = useState<string | null>(null);
  const t = shellText();
  if (state !== "locked") return null;
  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const token = String(new FormData(event.currentTarget).get("token"));
    try {
      await api.POST("/session", { body: { token } });
      useConnection.setState({ state: "up" });
    } catch (error) {
      setWrong(error instanceof Error ? error.message : String(error));
    }
  }
  return (
    <Dialog title={t("signIn")} onClose={() => {}}>
      <form className={css.form} onSubmit={(event) => void submit(event)}>
        <p>{t("signInText")}</p>
        <Field
          name="token"
          type="password"
          label={t("token")}
          autoComplete="current-password"
          wrong={wrong}
          required
        />
        <Button look="primary" type="submit">
          {t("signIn")}
        </Button>
      </form>
    </Dialog>
  );
}
