import { type FormEvent, useId, useState } from "react";
import { shellText } from "@/shell/messages";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { Field } from "./Field";

type Props = {
  title: string;
  label: string;
  hint?: string;
  /** What is named at present. */
  value?: string;
  /** The words of the button that does it. */
  act: string;
  /** Does it; what it throws is shown beside the name. */
  make: (name: string) => Promise<void>;
  onClose: () => void;
};

/** Asks for the name of something, and does with it what is asked for. */
export function NameDialog({ title, label, hint, value, act, make, onClose }: Props) {
  const t = shellText();
  const form = useId();
  const [wrong, setWrong] = useState<string | null>(null);
  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name")).trim();
    try {
      await make(name);
      onClose();
    } catch (error) {
      setWrong(error instanceof Error ? error.message : String(error));
    }
  }
  return (
    <Dialog
      title={title}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button look="primary" type="submit" form={form}>
            {act}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={(event) => void submit(event)}>
        <Field
          name="name"
          label={label}
          hint={hint}
          wrong={wrong}
          defaultValue={value}
          required
          maxLength={100}
          autoFocus
        />
      </form>
    </Dialog>
  );
}
