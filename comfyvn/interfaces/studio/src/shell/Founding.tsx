import { api } from "@/api/client";
import { queries } from "@/api/queries";
import { NameDialog } from "@/components/NameDialog";
import { toast } from "@/components/toasts";
import { shellText } from "./messages";
import { go, here } from "./place";

type Props = { onClose: () => void };

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

/** Asks for the name of a variant, makes it of the one that is open, as it is shown or was at a position, and opens it. */
export function NewVariant({ position = here().at, onClose }: Props & { position?: number | undefined }) {
  const t = shellText();
  async function make(name: string): Promise<void> {
    const { project, branch } = here();
    const body = { name, source: branch, ...(position === undefined ? {} : { at: position }) };
    await api.POST("/api/projects/{project}/branches", { params: { path: { project } }, body });
    await queries.invalidateQueries({ queryKey: ["project", project] });
    go({ branch: name, at: undefined });
    toast(t("variantMade", { name }), "good");
  }
  return (
    <NameDialog
      title={t("variantNew")}
      label={t("variantName")}
      hint={position === undefined ? t("variantHint") : t("variantHintPast")}
      act={t("variantMake")}
      make={make}
      onClose={onClose}
    />
  );
}
