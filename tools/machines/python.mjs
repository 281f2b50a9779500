// Python in WebAssembly with the command line of python: node python.mjs PYODIDE-FOLDER (-m MODULE | FILE) ARGUMENT ...
// The working directory is mounted at the same path inside, so PYTHONPATH must lie within it.
import { pathToFileURL } from "node:url";

const START = `
import os, runpy, sys

def start(folder, search, first, *arguments):
    os.chdir(folder)
    sys.path[:0] = [folder, *filter(None, search.split(":"))]
    try:
        if first == "-m":
            sys.argv = list(arguments)
            runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)
        else:
            sys.argv = [first, *arguments]
            runpy.run_path(first, run_name="__main__")
    except SystemExit as stop:
        return stop.code or 0
    return 0

start
`;

const [pyodide, ...argv] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${pyodide}/pyodide.mjs`));
const folder = process.cwd();
const python = await loadPyodide({ indexURL: pyodide });
python.setStdout({ batched: (line) => console.log(line) });
python.setStderr({ batched: (line) => console.error(line) });
await python.loadPackage(["numpy", "matplotlib", "ipython"], { messageCallback: () => {} });
python.FS.mkdirTree(folder);
python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, folder);
try {
  const start = python.runPython(START);
  process.exitCode = start(folder, process.env.PYTHONPATH ?? "", ...argv);
} catch (error) {
  console.error(error.message); // Node would first print all of Pyodide's source
  process.exitCode = 1;
}
