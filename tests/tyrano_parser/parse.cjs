// Parses scripts by TyranoScript's own parser (tyrano/plugins/kag/kag.parser.js of a checkout that you have), without a page.
// Prints, as JSON by file: its labels, its tags with their attributes, and its texts, code of [iscript] and [html] left out.
const fs = require("fs");
const vm = require("vm");
const [file, ...scripts] = process.argv.slice(2);

const page = {
  tyrano: { plugin: { kag: {} } },
  $: { trim: (text) => (text ?? "").trim(), lang: (word) => word },
};
vm.runInNewContext(fs.readFileSync(file, "utf8"), page);
const parser = page.tyrano.plugin.kag.parser;
parser.kag = { warning() {}, convertLang() {}, stat: {}, config: {} };
const found = {};
for (const script of scripts) {
  const { array_s: parts } = parser.parseScenario(fs.readFileSync(script, "utf8"));
  const told = { labels: [], tags: [], texts: [] };
  let code = "";
  for (const { name, pm, val } of parts) {
    if (code && name !== code) continue;
    code = { iscript: "endscript", html: "endhtml" }[name] ?? "";
    if (name === "label") told.labels.push([pm.label_name, val]);
    else if (name === "text") told.texts.push(val);
    else told.tags.push([name, Object.fromEntries(Object.entries(pm).filter(([key]) => key !== "deep_if").sort())]);
  }
  found[script.split("/").pop()] = told;
}
process.stdout.write(JSON.stringify(found, null, 1));
