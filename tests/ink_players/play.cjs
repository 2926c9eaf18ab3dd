// Plays an Ink story along lists of numbers: of N options each number picks the one that it is modulo N.
// Prints, as JSON, the compiled story and for each play its lines, its menus as lists, and how it ended.
const path = require("path");
const [packages, job] = process.argv.slice(2);
const { Compiler, CompilerOptions, Story } = require(path.join(packages, "inkjs", "dist", "ink-full.js"));
const { source, plays } = JSON.parse(require("fs").readFileSync(job, "utf8"));

const complaints = [];
let compiled;
try {
  const options = new CompilerOptions(null, [], false, (message) => complaints.push(message), null);
  compiled = new Compiler(source, options).Compile().ToJson();
} catch (error) {
  complaints.push(String(error));
  process.stdout.write(JSON.stringify({ complaints }));
  process.exit(0);
}
const told = plays.map((picks) => {
  const story = new Story(compiled);
  const found = [];
  const left = [...picks];
  story.onError = () => {};
  for (let steps = 0; steps < 100000; steps++) {
    if (story.canContinue) {
      const line = story.Continue().trim();
      if (line) found.push(line);
    } else if (story.currentChoices.length && left.length) {
      const texts = story.currentChoices.map((choice) => choice.text);
      found.push(texts);
      story.ChooseChoiceIndex(left.shift() % texts.length);
    } else {
      found.push(story.currentChoices.length ? "-- more" : "-- end");
      break;
    }
  }
  return found;
});
process.stdout.write(JSON.stringify({ complaints, compiled, told }));
