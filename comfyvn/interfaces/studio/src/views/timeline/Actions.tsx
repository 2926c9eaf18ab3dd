import { useRef } from "react";
import { change } from "@/api/commands";
import { newId } from "@/api/connection";
import type { Moment } from "@/api/queries";
import { IconButton } from "@/components/Button";
import { Menu } from "@/components/Menu";
import { toast } from "@/components/toasts";
import { go } from "@/shell/place";
import { timelineText } from "./messages";
import { readTimeline, type TimelineDocument } from "./steps";

type Props = { moment: Moment; timeline: TimelineDocument };

/** What can be done with a whole timeline. */
export function Actions({ moment, timeline }: Props) {
  const t = timelineText();
  const past = moment.at !== undefined;
  const chooser = useRef<HTMLInputElement>(null);
  const { id, name = "", scene_order = [], meta = {} } = timeline;

  async function duplicate(): Promise<void> {
    const made = newId();
    const copy = { name: t("copyOf", { name }), scene_order, meta };
    await change(moment, "timelines", made, "open-timeline", copy);
    go({ path: [made] });
  }

  function save(): void {
    const text = JSON.stringify({ id, name, scene_order, meta }, null, 2);
    const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = `${name || id}.timeline.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }

  async function load(file: File): Promise<void> {
    let document: ReturnType<typeof readTimeline>;
    try {
      document = readTimeline(await file.text());
    } catch {
      toast(t("loadFailed", { file: file.name }), "error", t("loadFailedText"));
      return;
    }
    await change(moment, "timelines", id, "save-timeline", { document });
    toast(t("loaded", { name: document.name ?? file.name }), "good");
  }

  async function discard(): Promise<void> {
    await change(moment, "timelines", id, "discard-timeline", {});
    toast(t("discarded", { name }));
    go({ path: [] });
  }

  return (
    <>
      <Menu
        label={t("actions")}
        items={[
          { label: t("duplicate"), icon: "plus", disabled: past, onPick: () => void duplicate() },
          "rule",
          { label: t("save"), icon: "export", onPick: save },
          { label: t("load"), icon: "imports", disabled: past, onPick: () => chooser.current?.click() },
          "rule",
          { label: t("discard"), icon: "trash", disabled: past, onPick: () => void discard() },
        ]}
      >
        {(trigger) => <IconButton icon="more" label={t("actions")} {...trigger} />}
      </Menu>
      <input
        ref={chooser}
        type="file"
        accept=".json,application/json"
        hidden
        aria-label={t("load")}
        onChange={({ currentTarget }) => {
          const file = currentTarget.files?.[0];
          currentTarget.value = "";
          if (file) void load(file);
        }}
      />
    </>
  );
}
