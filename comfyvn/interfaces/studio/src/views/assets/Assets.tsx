import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { Button, IconButton } from "@/components/Button";
import { Empty } from "@/components/Empty";
import { Split } from "@/components/Split";
import { toastError } from "@/components/toasts";
import { DropZone } from "@/dropping/DropZone";
import { dropped, type Given } from "@/dropping/files";
import { go } from "@/shell/place";
import type { ViewProps } from "@/shell/view";
import css from "./assets.module.css";
import { FilterBar } from "./FilterBar";
import { Grid } from "./Grid";
import { Inspector } from "./Inspector";
import { assetsText } from "./messages";
import { assetsQuery, NO_FILTERS } from "./queries";
import { stopUpload, uploadAssets, useUploads } from "./uploads";

/** All assets, filtered, with what is known of one. */
export default function Assets({ path, ...moment }: ViewProps) {
  const t = assetsText();
  const [filters, setFilters] = useState(NO_FILTERS);
  const [asList, setAsList] = useState(() => localStorage["comfyvn.assets.layout"] === "list");
  const query = useInfiniteQuery(assetsQuery(moment, filters));
  const items = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const total = query.data?.pages[0]?.total ?? 0;
  const [id] = path;
  const past = moment.at !== undefined;
  const filtered = filters !== NO_FILTERS && Object.values(filters).some(Boolean);

  async function add(files: Given[]): Promise<void> {
    if (!files.length) return;
    const ids = await uploadAssets(moment, files);
    if (ids.length === 1) go({ view: "assets", path: ids });
  }

  function lay(list: boolean): void {
    localStorage["comfyvn.assets.layout"] = list ? "list" : "grid";
    setAsList(list);
  }

  const main = (
    // biome-ignore lint/a11y/noStaticElementInteractions: files are chosen by keys with the buttons
    <div
      className={css.main}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        if (!past) dropped(event.dataTransfer).then(add).catch(toastError);
      }}
    >
      <header className={css.head}>
        <h1>{t("title")}</h1>
        <span className={css.total} role="status">
          {query.data && t("count", { count: total })}
        </span>
        <fieldset className={css.layout}>
          <legend className="visually-hidden">{t("layout")}</legend>
          <IconButton icon="assets" label={t("asGrid")} aria-pressed={!asList} onClick={() => lay(false)} />
          <IconButton icon="jobs" label={t("asList")} aria-pressed={asList} onClick={() => lay(true)} />
        </fieldset>
      </header>
      <FilterBar filters={filters} onChange={setFilters} />
      <Uploads />
      {query.data && !total ? (
        <Empty icon="assets" title={t(filtered ? "noneFound" : "none")}>
          {filtered && <Button onClick={() => setFilters(NO_FILTERS)}>{t("clear")}</Button>}
        </Empty>
      ) : (
        <Grid
          moment={moment}
          items={items}
          total={total}
          asList={asList}
          chosen={id}
          onChoose={(asset) => go({ path: [asset.id] })}
          onEnd={() => query.hasNextPage && !query.isFetchingNextPage && void query.fetchNextPage()}
        />
      )}
      {!past && (
        <div className={css.drop}>
          <DropZone label={t("zone")} onFiles={(files) => void add(files)}>
            <p>{t("dropHere")}</p>
          </DropZone>
        </div>
      )}
    </div>
  );
  if (!id) return main;
  return (
    <Split
      name="assets"
      label={t("width")}
      width={340}
      max={720}
      end
      side={<Inspector key={id} moment={moment} id={id} onClose={() => go({ path: [] })} />}
    >
      {main}
    </Split>
  );
}

function Uploads() {
  const t = assetsText();
  const sending = useUploads((uploads) => uploads.sending);
  return sending.map(({ id, name, sent, total, share }) => (
    <div key={id} className={css.sending} role="status">
      <span>{t("sending", { name, sent, total })}</span>
      <progress
        value={Math.min(1, (sent + share) / total)}
        aria-label={t("sending", { name, sent, total })}
      />
      <Button small onClick={() => stopUpload(id)}>
        {t("stop")}
      </Button>
    </div>
  ));
}
