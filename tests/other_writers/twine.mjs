// Turns a Twee file into the page that Twine keeps it as, or back: node twine.mjs PACKAGES SOURCE TARGET
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
const [packages, source, target] = process.argv.slice(2);
const { parseTwee, parseTwine2HTML } = await import(pathToFileURL(`${packages}/extwee/index.js`));
const text = readFileSync(source, "utf8");
const story = source.endsWith(".html") ? parseTwine2HTML(text) : parseTwee(text);
writeFileSync(target, target.endsWith(".html") ? story.toTwine2HTML() : story.toTwee());
