// Python in a worker, so that the page stays responsive while it computes.
//
// The page sends {start} once, with the module that handles its requests, then {call}, a function of this module, and
// {with}, its arguments: each only after the previous request was answered with {answer} or {failed}. In between, the
// worker sends {loaded}, a number of bytes, and {shown}, a piece of output.
"use strict";

const ownFetch = self.fetch.bind(self);
let module, python;

// Every file of Pyodide must have the checksum recorded in the book; Pyodide itself checks its packages, by the
// pyodide-lock.json beside this file. It waits forever for a file that does not arrive, so failures are reported here.
function checkFiles(sha256) {
  let loaded = 0;
  self.fetch = async (url, options = {}) => {
    const name = new URL(url, self.location).pathname.split("/").pop();
    try {
      const response = await ownFetch(url, { ...options, integrity: sha256[name] ?? options.integrity });
      if (!response.ok) throw new Error(`status ${response.status}`);
      const content = await response.arrayBuffer();
      loaded += content.byteLength;
      postMessage({ loaded });
      // Some servers send WebAssembly with the wrong type, which browsers reject.
      const headers = name.endsWith(".wasm") ? { "content-type": "application/wasm" } : {};
      return new Response(content, { headers });
    } catch (error) {
      postMessage({ failed: `${name}: ${error.message}` });
      throw error;
    }
  };
}

async function loadScript(url) {
  const script = await (await fetch(url)).blob();
  importScripts(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
}

async function start({ pyodide, sha256, module: name, packages }) {
  checkFiles(sha256);
  const indexURL = new URL(pyodide, self.location).href;
  const lockFileURL = new URL("pyodide-lock.json", self.location).href;
  const library = ownFetch("library.zip", { cache: "no-cache" });
  await Promise.all(["pyodide.js", "pyodide.asm.js"].map((name) => loadScript(indexURL + name)));
  python = await loadPyodide({ indexURL, lockFileURL, packages });
  for (const each of packages) {
    if (!(each in python.loadedPackages)) throw new Error(`${each} was not loaded`);
  }
  python.unpackArchive(await (await library).arrayBuffer(), "zip");
  module = python.pyimport(name);
  return module.start((kind, text) => postMessage({ shown: [kind, text] }));
}

// Arguments of a function; the bytes of a file become bytes.
function forPython(values) {
  const convert = (value) => (value instanceof Uint8Array ? python.toPy(value) : value);
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, convert(value)]));
}

// Convert dictionaries, lists and bytes to their JavaScript counterparts.
function plain(answer) {
  if (!answer?.toJs) return answer;
  const copy = answer.toJs({ dict_converter: Object.fromEntries });
  answer.destroy();
  return copy;
}

onmessage = async ({ data }) => {
  try {
    if (data.start) postMessage({ answer: await start(data.start) });
    if (data.call) postMessage({ answer: plain(await module[data.call].callKwargs(forPython(data.with))) });
  } catch (error) {
    postMessage({ failed: String(error) });
  }
};
