import { type FormEvent, useId, useState } from "react";
import { api } from "@/api/client";
import { queries } from "@/api/queries";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Field } from "@/components/Field";
import { toast } from "@/components/toasts";
import { shellText } from "./messages";
import { go, here } from "./place";

type Props = { onClose: () => void };

function NameDialog(
  props: Props & {
    title: string;
    label: string;
    act: string;
    hint?: string;
    make: (name: string) => Promise<void>;
  },
) {
  const t = shellText();
  const form = useId();
  const [wrong, setWrong] = useState<string | null>(null);
  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name")).trim();
    try {
      await props.make(name);
      props.onClose();
    } catch (error) {
      setWrong(error instanceof Error ? error.message : String(error));
    }
  }
  return (
    <Dialog
      title={props.title}
      onClose={props.onClose}
      foot={
        <>
          <Button onClick={props.onClose}>{t("cancel")}</Button>
          <Button look="primary" type="submit" form={form}>
            {props.act}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={(event) => void submit(event)}>
        <Field
          name="name"
          label={props.label}
          hint={props.hint}
          wrong={wrong}
          required
          maxLength={100}
          autoFocus
        />
      </form>
    </Dialog>
  );
}

/** Asks for the name of a project, founds it and opens it. */
export function NewProject({ onClose }: Props) {
  const t = shellText();
  async function make(name: string): Promise<void> {
    const { data } = await api.POST("/api/projects", { body: { name } });
    await queries.invalidateQueries({ queryKey: ["projects"] });
    if (data) go({ project: data.id, branch: "main", view: "scenes", path: [], at: undefined });
  }
  return (
    <NameDialog
      title={t("projectNew")}
      label={t("projectName")}
      act={t("projectMake")}
      make={make}
      onClose={onClose}
    />
  );
}

/** Asks for the name of a variant, makes it of what is shown, and opens it. */
export function NewVariant({ onClose }: Props) {
  const t = shellText();
  async function make(name: string): Promise<void> {
    const { project, branch, at } = here();
    const body = { name, source: branch, ...(at === undefined ? {} : { at }) };
    await api.POST("/api/projects/{project}/branches", { params: { path: { project } }, body });
    await queries.invalidateQueries({ queryKey: ["project", project] });
    go({ branch: name, at: undefined });
    toast(t("variantMade", { name }), "good");
  }
  return (
    <NameDialog
      title={t("variantNew")}
      label={t("variantName")}
      hint={t("variantHint")}
      act={t("variantMake")}
      make={make}
      onClose={onClose}
    />
  );
}
