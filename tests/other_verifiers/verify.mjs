// Reads files with content credentials by c2pa-ts and writes what it says of each, as one JSON list.
// Arguments: folder of the package, files.
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

const [, , folder, ...files] = process.argv;
const part = (name) => import(pathToFileURL(`${folder}/dist/${name}/index.js`));
const { BMFF, JPEG, MP3, PNG } = await part("asset");
const { SuperBox } = await part("jumbf");
const { ManifestStore } = await part("manifest");

const told = [];
for (const file of files) {
  const content = await readFile(file);
  const Format = [JPEG, PNG, BMFF, MP3].find((one) => one?.canRead(content));
  if (!Format) throw new Error(`no format that it reads: ${file}`);
  const asset = new Format(content);
  const jumbf = asset.getManifestJUMBF();
  if (!jumbf) {
    told.push({ valid: null, codes: [], manifests: [] });
    continue;
  }
  const store = ManifestStore.read(SuperBox.fromBuffer(jumbf));
  const result = await store.validate(asset);
  told.push({
    valid: result.isValid,
    codes: result.statusEntries.filter((entry) => !entry.success).map((entry) => entry.code),
    manifests: store.manifests.map((manifest) => ({
      title: manifest.claim.title,
      assertions: (manifest.assertions?.assertions ?? []).map((assertion) => assertion.fullLabel ?? assertion.label),
      actions: (manifest.assertions?.assertions ?? [])
        .flatMap((assertion) => assertion.actions ?? [])
        .map((action) => ({ action: action.action, kind: action.digitalSourceType })),
    })),
  });
}
process.stdout.write(JSON.stringify(told));
