import { create } from "zustand";
import type { Branch } from "@/api/client";
import { upload } from "@/api/upload";
import { toastError } from "@/components/toasts";
import type { Given } from "@/dropping/files";

export type Sending = {
  id: number;
  total: number;
  sent: number;
  /** The share of the file that is on its way, 0 to 1. */
  share: number;
  name: string;
  refused: number;
};

const BATCH = 8;
const BATCH_BYTES = 32 << 20;
let last = 0;

/** Uploads that are under way. They go on while another view is shown. */
export const useUploads = create<{ sending: readonly Sending[] }>(() => ({ sending: [] }));
const stops = new Map<number, AbortController>();

function note(id: number, some: Partial<Sending>): void {
  useUploads.setState(({ sending }) => ({
    sending: sending.map((one) => (one.id === id ? { ...one, ...some } : one)),
  }));
}

/** Stop an upload: what has arrived stays, the rest is not sent. */
export function stopUpload(id: number): void {
  stops.get(id)?.abort();
}

/** Group files so that one request is neither tiny nor large; a folder keeps its name before those of its files. */
export function batches(files: readonly Given[]): { under: string; files: Given[] }[] {
  const made: { under: string; files: Given[] }[] = [];
  const names = new Set<string>();
  let size = 0;
  for (const given of files) {
    const under = given.path.split("/").slice(0, -1).join("/");
    const now = made.at(-1);
    const full =
      !now || now.under !== under || now.files.length >= BATCH || size + given.file.size > BATCH_BYTES;
    if (now && !full && !names.has(given.file.name)) {
      now.files.push(given);
      size += given.file.size;
    } else {
      made.push({ under, files: [given] });
      names.clear();
      size = given.file.size;
    }
    names.add(given.file.name);
  }
  return made;
}

/** Register files as assets; each batch is one change. Resolves to the ids of the assets that came. */
export async function uploadAssets(at: Branch, files: readonly Given[]): Promise<string[]> {
  const id = ++last;
  const stop = new AbortController();
  stops.set(id, stop);
  const begun = { id, total: files.length, sent: 0, share: 0, name: files[0]?.file.name ?? "", refused: 0 };
  useUploads.setState(({ sending }) => ({ sending: [...sending, begun] }));
  const ids: string[] = [];
  let sent = 0;
  let refused = 0;
  try {
    for (const batch of batches(files)) {
      const form = new FormData();
      if (batch.under) form.append("under", batch.under);
      for (const { file } of batch.files) form.append("file", file, file.name);
      note(id, { name: batch.files[0]?.file.name ?? "", share: 0 });
      const query = new URLSearchParams({ project: at.project, branch: at.branch });
      try {
        const onProgress = (share: number) => note(id, { share });
        const answer = await upload<{ items: { id: string }[] }>(`/assets/upload?${query}`, form, {
          onProgress,
          signal: stop.signal,
        });
        ids.push(...answer.items.map(({ id }) => id));
      } catch (error) {
        if (stop.signal.aborted) break;
        refused += batch.files.length;
        toastError(error, batch.files.map(({ file }) => file.name).join(", "));
      }
      sent += batch.files.length;
      note(id, { sent, refused, share: 0 });
    }
  } finally {
    stops.delete(id);
    useUploads.setState(({ sending }) => ({ sending: sending.filter((one) => one.id !== id) }));
  }
  return ids;
}
