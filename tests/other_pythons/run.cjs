// Runs one module of this checkout on a CPython that is built for Node, and writes what the module prints.
// Arguments: folder of the Python, checkout, folder of the package immutables, hash seed, module.
const [, , python, checkout, immutables, seed, name] = process.argv;
const { loadPyodide } = require(`${python}/pyodide.js`);

const code = `
import os, runpy, sys
os.mkdir("/site")
os.symlink("/immutables", "/site/immutables")
sys.path[:0] = ["/checkout", "/site"]
print(*sys.version_info[:2], sep=".")
runpy.run_module(os.environ["MODULE"], run_name="__main__")
sys.stdout.flush()
`;

(async () => {
  const env = { HOME: "/home", MODULE: name, PYTHONHASHSEED: seed, PYTHONDONTWRITEBYTECODE: "1" };
  const interpreter = await loadPyodide({ indexURL: `${python}/`, env });
  const told = [];
  interpreter.setStdout({ write: (bytes) => (told.push(Buffer.from(bytes)), bytes.length) });
  for (const [place, root] of [["/checkout", checkout], ["/immutables", immutables]]) {
    interpreter.FS.mkdir(place);
    interpreter.FS.mount(interpreter.FS.filesystems.NODEFS, { root }, place);
  }
  interpreter.runPython(code);
  process.stdout.write(Buffer.concat(told));
})().catch((error) => {
  process.stderr.write(`${error}\n`);
  process.exitCode = 1;
});
