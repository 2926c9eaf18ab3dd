/** A file that a person gave, with the path that it has below the folder that was given. */
export type Given = { readonly path: string; readonly file: File };

/** Return all files of a drop; folders are gone through. */
export async function dropped(transfer: DataTransfer): Promise<Given[]> {
  const entries = [...transfer.items]
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null);
  if (!entries.length) return [...transfer.files].map((file) => ({ path: file.name, file }));
  return (await Promise.all(entries.map(within))).flat();
}

/** Return the files that were chosen in a dialog. */
export function chosen(list: FileList | null): Given[] {
  return [...(list ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

async function within(entry: FileSystemEntry): Promise<Given[]> {
  const path = entry.fullPath.replace(/^\//, "");
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    return [{ path, file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: Given[] = [];
  for (;;) {
    // a reader gives a hundred at a time, and nothing at the end
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (!some.length) return found;
    found.push(...(await Promise.all(some.map(within))).flat());
  }
}

/** Return one file that holds many: a zip file without compression, so that their paths come along. */
export async function packed(files: readonly Given[], name: string): Promise<File> {
  const { Zip, ZipPassThrough } = await import("fflate");
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const zip = new Zip((error, chunk) => {
    if (error) throw error;
    parts.push(chunk as Uint8Array<ArrayBuffer>);
  });
  for (const { path, file } of files) {
    const member = new ZipPassThrough(path);
    zip.add(member);
    for await (const chunk of pieces(file)) member.push(chunk);
    member.push(new Uint8Array(), true);
  }
  zip.end();
  return new File(parts, name, { type: "application/zip" });
}

const PIECE = 4 << 20;

async function* pieces(file: File): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.size; at += PIECE)
    yield new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer());
}
