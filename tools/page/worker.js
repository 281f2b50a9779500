// Python, away from the page, so that the page can be read on while it computes.
//
// The page sends {start} once, then {run} for a cell, each when the one before has its {answer} or has {failed}.
// On the way come {loaded}, a number of bytes, and {shown}, a piece of output.
"use strict";

const ownFetch = self.fetch.bind(self);
let cells;

// Every file of Pyodide has to be the one whose checksum is written down in the book; the checksums of packages are
// in pyodide-lock.json, and Pyodide asks for them itself. It waits for ever for a file that does not come, so say it here.
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
      // Some servers do not know what WebAssembly is, and the browser then refuses it.
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

async function start({ pyodide, packages, sha256 }) {
  checkFiles(sha256);
  const indexURL = new URL(pyodide, self.location).href;
  const library = ownFetch("library.zip", { cache: "no-cache" });
  await Promise.all(["pyodide.js", "pyodide.asm.js"].map((name) => loadScript(indexURL + name)));
  const python = await loadPyodide({ indexURL, packages });
  for (const name of packages) {
    if (!(name in python.loadedPackages)) throw new Error(`${name} was not loaded`);
  }
  python.unpackArchive(await (await library).arrayBuffer(), "zip");
  cells = python.pyimport("cells");
  return cells.start((kind, text) => postMessage({ shown: [kind, text] }));
}

onmessage = async ({ data }) => {
  try {
    if (data.start) postMessage({ answer: await start(data.start) });
    if (data.run) postMessage({ answer: cells.session.run(data.run.source, data.run.name) });
  } catch (error) {
    postMessage({ failed: String(error) });
  }
};
