// Python for the pages: run.js runs the cells of a chapter with it, playground.js trains a network.
"use strict";

const PYTHON = new URL("_static/python/", new URL(document.documentElement.dataset.content_root, location));
const AS_A_FILE =
  "This page was opened as a file, and browsers start Python only on a page that comes from a server. In the folder " +
  "_build/html, run “python3 -m http.server” and open http://localhost:8000.";

class Stopped extends Error {}

// book.json: everything the pages know about the book.
async function loadBook() {
  if (location.protocol === "file:") throw new Error(AS_A_FILE);
  try {
    const response = await fetch(new URL("book.json", PYTHON), { cache: "no-cache" });
    return await response.json();
  } catch {
    throw new Error("The code of this page could not be loaded. Is there a connection?");
  }
}

// Python in its worker, which answers one request at a time.
class Python {
  constructor() {
    this.worker = new Worker(new URL("worker.js", PYTHON));
  }

  // Load Python and the module that handles requests; resolves to its first answer.
  async load({ modules, pyodide, sha256 }, module, progress) {
    const { packages, bytes } = modules[module];
    Object.assign(progress, { hidden: false, max: bytes, value: 0 });
    try {
      const question = { start: { pyodide, sha256, module, packages } };
      return await this.ask(question, ({ loaded }) => (progress.value = loaded));
    } catch (problem) {
      if (problem instanceof Stopped) throw problem;
      const { host } = new URL(pyodide, PYTHON);
      throw new Error(
        `Python could not be loaded from ${host}. It needs a connection, and takes only the very files that the book ` +
          `was checked with. (${problem.message})`,
      );
    } finally {
      progress.hidden = true;
    }
  }

  ask(question, listen) {
    return new Promise((resolve, reject) => {
      this.giveUp = reject;
      this.worker.onerror = () => reject(new Error("the worker could not be started"));
      this.worker.onmessage = ({ data }) => {
        if ("answer" in data) resolve(data.answer);
        else if ("failed" in data) reject(new Error(data.failed));
        else listen(data);
      };
      this.worker.postMessage(question);
    });
  }

  stop() {
    this.worker.terminate(); // the only way to stop an endless loop
    this.giveUp(new Stopped());
  }
}

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}
