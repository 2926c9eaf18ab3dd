import { type DragEvent, type ReactNode, useRef, useState } from "react";
import { Button } from "@/components/Button";
import { toastError } from "@/components/toasts";
import { messages } from "@/i18n/messages";
import css from "./dropping.module.css";
import { chosen, dropped, type Given } from "./files";

const dropText = messages({
  en: { files: "Choose files", folder: "Choose a folder", drop: "Let go to take them" },
  de: { files: "Dateien wählen", folder: "Ordner wählen", drop: "Loslassen, um sie zu nehmen" },
});

type Props = {
  label: string;
  disabled?: boolean;
  onFiles: (files: Given[]) => void;
  children: ReactNode;
};

/** A place where files and folders are dropped, or chosen by keys. */
export function DropZone({ label, disabled = false, onFiles, children }: Props) {
  const t = dropText();
  const [over, setOver] = useState(false);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);

  function take(event: DragEvent): void {
    event.preventDefault();
    setOver(false);
    if (!disabled) dropped(event.dataTransfer).then((found) => found.length && onFiles(found), toastError);
  }

  return (
    <section
      className={css.zone}
      aria-label={label}
      data-over={over && !disabled}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => !event.currentTarget.contains(event.relatedTarget as Node) && setOver(false)}
      onDrop={take}
    >
      {over && !disabled ? <p className={css.let}>{t("drop")}</p> : children}
      <div className={css.buttons}>
        <Button disabled={disabled} icon="upload" onClick={() => files.current?.click()}>
          {t("files")}
        </Button>
        <Button disabled={disabled} onClick={() => folder.current?.click()}>
          {t("folder")}
        </Button>
      </div>
      {[files, folder].map((input, index) => (
        <input
          // biome-ignore lint/suspicious/noArrayIndexKey: there are two
          key={index}
          ref={input}
          type="file"
          multiple
          hidden
          aria-label={t(index ? "folder" : "files")}
          {...(index ? { webkitdirectory: "" } : {})}
          onChange={({ target }) => {
            const found = chosen(target.files);
            target.value = "";
            if (found.length) onFiles(found);
          }}
        />
      ))}
    </section>
  );
}
