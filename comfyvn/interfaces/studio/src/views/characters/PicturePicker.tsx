import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { Moment } from "@/api/queries";
import { Dialog } from "@/components/Dialog";
import { Field } from "@/components/Field";
import { DropZone } from "@/dropping/DropZone";
import type { Given } from "@/dropping/files";
import { Grid } from "@/views/assets/Grid";
import { assetsQuery, NO_FILTERS } from "@/views/assets/queries";
import { uploadAssets } from "@/views/assets/uploads";
import css from "./characters.module.css";
import { charactersText } from "./messages";

type Props = {
  moment: Moment;
  title: string;
  chosen: string | undefined;
  onPick: (asset: string) => void;
  onClose: () => void;
};

/** Chooses one of the pictures of the project, or brings in a new one. */
export function PicturePicker({ moment, title, chosen, onPick, onClose }: Props) {
  const t = charactersText();
  const [text, setText] = useState("");
  const query = useInfiniteQuery(assetsQuery(moment, { ...NO_FILTERS, type: "image", text }));
  const items = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);

  function pick(asset: string): void {
    onPick(asset);
    onClose();
  }

  async function add(files: Given[]): Promise<void> {
    const [first] = files.length ? await uploadAssets(moment, files) : [];
    if (first) pick(first);
  }

  return (
    <Dialog title={title} wide onClose={onClose}>
      <div className={css.picker}>
        <Field label={t("search")} value={text} onChange={({ target }) => setText(target.value)} />
        <div className={css.pictures}>
          {query.data && !items.length && <p>{t("noPictures")}</p>}
          <Grid
            moment={moment}
            items={items}
            total={query.data?.pages[0]?.total ?? 0}
            asList={false}
            chosen={chosen}
            onChoose={({ id }) => pick(id)}
            onEnd={() => query.hasNextPage && !query.isFetchingNextPage && void query.fetchNextPage()}
          />
        </div>
        <DropZone label={t("zone")} onFiles={(files) => void add(files)}>
          <p>{t("dropHere")}</p>
        </DropZone>
      </div>
    </Dialog>
  );
}
