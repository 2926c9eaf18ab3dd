// Packs a folder as Electron does: node asar.mjs PACKAGES FOLDER ARCHIVE [PATTERN of files left beside it]
import { pathToFileURL } from "node:url";
const [packages, folder, archive, unpack] = process.argv.slice(2);
const { createPackageWithOptions } = await import(pathToFileURL(`${packages}/@electron/asar/lib/asar.js`));
await createPackageWithOptions(folder, archive, unpack ? { unpack } : {});
