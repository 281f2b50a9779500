// Python in WebAssembly, called as python is: node python.mjs PYODIDE-FOLDER (-m MODULE | -c CODE | FILE) ARGUMENT ...
// The folder in which it starts can be read at the same path inside; PYTHONPATH is obeyed.
import { pathToFileURL } from "node:url";

const [folder, ...argv] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`));
const root = process.cwd();
const python = await loadPyodide({
  indexURL: folder,
  env: { HOME: "/home/pyodide", PYTHONPATH: process.env.PYTHONPATH ?? "" },
});
python.setStdout({ batched: (line) => console.log(line) });
python.setStderr({ batched: (line) => console.error(line) });
await python.loadPackage(["numpy", "matplotlib", "ipython"], { messageCallback: () => {} });
python.FS.mkdirTree(root);
python.FS.mount(python.FS.filesystems.NODEFS, { root }, root);
python.globals.set("argv", python.toPy(argv));
process.exitCode = python.runPython(`
import os, runpy, sys

def main(root, first, *arguments):
    os.chdir(root)
    sys.path.insert(0, root)
    try:
        if first == "-m":
            sys.argv = list(arguments)
            runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)
        elif first == "-c":
            exec(arguments[0], {"__name__": "__main__"})
        else:
            sys.argv = [first, *arguments]
            runpy.run_path(first, run_name="__main__")
    except SystemExit as stop:
        return stop.code or 0
    return 0

main(${JSON.stringify(root)}, *argv)
`);
