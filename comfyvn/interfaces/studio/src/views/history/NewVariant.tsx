import { type FormEvent, useId, useState } from "react";
import type { Branch } from "@/api/client";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Field } from "@/components/Field";
import { toast } from "@/components/toasts";
import { fork } from "./acts";
import { historyText } from "./messages";

type Props = { of: Branch; position?: number | undefined; onClose: () => void };

/** Asks for the name of a variant, makes it of a branch as it is or was, and goes there. */
export function NewVariant({ of, position, onClose }: Props) {
  const t = historyText();
  const form = useId();
  const [wrong, setWrong] = useState<string | null>(null);
  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name")).trim();
    try {
      await fork(of, name, position);
      toast(t("variantMade", { name }), "good");
      onClose();
    } catch (error) {
      setWrong(error instanceof Error ? error.message : String(error));
    }
  }
  return (
    <Dialog
      title={position === undefined ? t("variantNew") : t("variantFrom")}
      onClose={onClose}
      foot={
        <Button look="primary" type="submit" form={form}>
          {t("variantMake")}
        </Button>
      }
    >
      <form id={form} onSubmit={(event) => void submit(event)}>
        <Field
          name="name"
          label={t("variantName")}
          hint={position === undefined ? t("variantHint") : t("variantHintPast")}
          wrong={wrong}
          required
          maxLength={100}
          autoFocus
        />
      </form>
    </Dialog>
  );
}
