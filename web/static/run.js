// Run the book's code on its pages: each cell gets buttons, Python starts on first use, and the page reports whether a
// cell's output is the one printed in the book.
"use strict";

const STOPPED = "Stopped. Python and all that it had computed are gone; Run starts it again, with the cells above.";
const BROKEN = "Python broke down, and all that it had computed is gone; Run starts it again, with the cells above.";
const NO_PROCESSES = "Starts processes: runs in a notebook only.";
const LONG = "Takes a minute or more.";
const SHORT = { same: "Same as printed.", other: "Not as printed: see below.", uncompared: "Done: see below." };

let book = null; // book.json: the cells and their outputs
let cells = []; // of this chapter, including hidden ones
let python = null; // while it is running
let busy = null; // the view whose Run was pressed

// ---- the view of a cell

let announcer = null; // for screen readers

class View {
  constructor(element, number) {
    this.element = element;
    this.number = number;
    this.input = element.querySelector(".cell_input");
    this.printed = this.input.querySelector("pre").textContent.replace(/\n$/, "");
    this.editor = null;
    this.status = make("span", { className: "run-status" });
    this.progress = make("progress", { hidden: true, ariaLabel: "Python is loading" });
    this.bar = make("div", { className: "run-bar" });
    this.run = this.addButton("Run", () => run(this));
    this.run.title = "Runs the cells above, then this one. Python starts in this page: up to 27 MB, once.";
    this.stop = this.addButton("Stop", () => python?.stop());
    this.edit = this.addButton("Edit", () => this.open());
    this.reset = this.addButton("Reset", () => this.restore());
    this.bar.append(this.progress, this.status);
    this.input.after(this.bar);
    this.result = make("div", { className: "run-result", hidden: true });
    element.append(this.result);
    if (element.classList.contains("tag_long")) this.say(LONG, false);
    if (element.classList.contains("tag_needs-processes")) this.bar.replaceChildren(NO_PROCESSES);
  }

  addButton(name, onclick) {
    const button = make("button", { type: "button", textContent: name, ariaLabel: `${name} cell ${this.number}`, onclick });
    this.bar.append(button);
    return button;
  }

  refresh() {
    if (this.stop === document.activeElement && busy !== this) this.run.focus();
    this.run.ariaDisabled = String(Boolean(busy));
    this.stop.hidden = busy !== this;
    this.edit.hidden = Boolean(this.editor);
    this.reset.hidden = !this.editor && !this.result.querySelector("pre, img, .run-html");
  }

  say(message, aloud = true) {
    this.status.textContent = message;
    if (aloud) announcer.textContent = message;
  }

  open() {
    this.editor = make("textarea", {
      className: "run-editor",
      value: this.printed,
      ariaLabel: `Code of cell ${this.number}. Shift and Enter run it, Escape leaves.`,
      spellcheck: false,
      autocapitalize: "off",
      oninput: () => (this.editor.rows = this.editor.value.split("\n").length),
      onkeydown: (event) => this.key(event),
    });
    this.editor.oninput();
    this.input.classList.add("run-open");
    this.input.append(this.editor);
    this.editor.focus();
    this.editor.setSelectionRange(0, 0);
    this.say("Shift+Enter runs it, Esc leaves.", false);
    this.refresh();
  }

  key(event) {
    if (event.key === "Escape") {
      if (this.editor.value === this.printed) this.close();
      this.run.focus();
    } else if (event.key === "Enter" && (event.shiftKey || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      run(this);
    }
  }

  close() {
    this.editor?.remove();
    this.editor = null;
    this.input.classList.remove("run-open");
    this.say("", false);
    this.refresh();
  }

  restore() {
    this.clear();
    this.close();
    this.run.focus();
    this.say("This is the book's code again.");
  }

  clear() {
    this.result.replaceChildren();
    this.result.hidden = true;
  }

  // Append a piece of output.
  add(kind, text) {
    if (kind === "clear") return this.clear();
    const last = this.result.lastChild;
    this.result.hidden = false;
    if (kind === "html") this.result.append(make("div", { className: "run-html", innerHTML: text }));
    else if (kind === "figure") {
      const drawn = () => URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
      const src = text.startsWith("data:") ? text : drawn();
      this.result.append(make("img", { src, alt: `${this.picture(0)?.alt ?? "A figure"} (Drawn on this page.)` }));
    } else if (last?.dataset.kind === kind && kind.startsWith("std")) last.append(text);
    else this.result.append(make("pre", { className: `run-${kind}` }, text));
    this.result.lastChild.dataset.kind = kind;
  }

  picture(number) {
    return this.element.querySelectorAll(".cell_output img")[number];
  }

  // Above the output, report how it compares.
  conclude(verdict, isWanted) {
    if (!isWanted && verdict.state !== "other") this.clear();
    const sentence = make("p", { className: `run-verdict run-${verdict.state}` }, make("span", {}, verdict.text));
    if (verdict.line !== undefined) {
      const shown = this.result.children[verdict.piece];
      const lines = shown.textContent.split("\n");
      const mark = make("mark", {}, lines[verdict.line]);
      const before = lines.slice(0, verdict.line).map((line) => `${line}\n`);
      const after = lines.slice(verdict.line + 1).map((line) => `\n${line}`);
      shown.replaceChildren(...before, mark, ...after);
    }
    if (verdict.again) {
      const again = make("button", { type: "button", textContent: "Run all from the top" });
      again.onclick = () => !busy && (forget(), run(this));
      sentence.append(" ", again);
    }
    this.result.prepend(sentence);
    this.result.hidden = false;
  }
}

// ---- running

async function run(view) {
  if (busy) return;
  busy = view;
  views.forEach((each) => each.refresh());
  const began = Date.now();
  const timer = setInterval(() => (view.status.dataset.seconds = Math.round((Date.now() - began) / 1000)), 1000);
  try {
    if (!python) await start(view);
    await runWithAbove(cells.find((cell) => cell.view === view));
  } catch (problem) {
    view.say(problem instanceof Stopped ? STOPPED : python?.matplotlib ? BROKEN : problem.message);
    forget();
  } finally {
    clearInterval(timer);
    delete view.status.dataset.seconds;
    busy = null;
    views.forEach((each) => each.refresh());
  }
}

function forget() {
  python?.worker.terminate();
  python = null;
  cells.forEach((cell) => (cell.ranAs = null));
}

async function start(view) {
  view.say("Loading Python …");
  book = await loadBook();
  const waiting = [...views];
  cells = book.chapters[DOCUMENTATION_OPTIONS.pagename].map((cell) => ({ ...cell, view: cell.hidden ? null : waiting.shift() }));
  if (waiting.length || cells.some((cell) => cell.view?.printed !== cell.source && !cell.hidden)) {
    throw new Error("The book has changed since this page was loaded. Load the page again.");
  }
  python = new Python();
  python.ran = []; // the code of the cells in the order they ran
  python.matplotlib = await python.load(book, "cells", view.progress);
}

function codeOf(cell) {
  return cell.view?.editor ? cell.view.editor.value : cell.source;
}

// Run the cells above that have not run in their current form, then this one.
async function runWithAbove(wanted) {
  const above = cells.slice(0, cells.indexOf(wanted)).filter((cell) => !cell.skipped && cell.ranAs !== codeOf(cell));
  for (const [done, cell] of above.entries()) {
    wanted.view.say(`Running the cells above: ${done + 1} of ${above.length} …`, done === 0);
    await runOne(cell);
    if (cell.ranAs === null) {
      wanted.view.say(`Not run: ${cell.view ? `cell ${cell.view.number}` : "a cell"} above raised an error.`);
      return;
    }
  }
  wanted.view.say("Running …");
  const verdict = await runOne(wanted, true);
  wanted.view.say(SHORT[verdict.state], false);
  announcer.textContent = verdict.text;
}

async function runOne(cell, isWanted = false) {
  const source = codeOf(cell);
  const pieces = [];
  cell.view?.clear();
  const name = `<cell ${cell.view?.number ?? "that is not shown"}>`;
  const went = await python.ask({ call: "run", with: { source, name } }, ({ shown: [kind, text] }) => {
    if (kind === "clear") pieces.length = 0;
    else if (pieces.at(-1)?.[0] === kind && kind.startsWith("std")) pieces.at(-1)[1] += text;
    else pieces.push([kind, text]);
    cell.view?.add(kind, text);
  });
  cell.ranAs = went ? source : null;
  python.ran.push(source);
  const verdict = await judge(cell, source, pieces);
  cell.view?.conclude(verdict, isWanted);
  return verdict;
}

// ---- comparing

// Whether this output is what the book prints: "same", "other", or "uncompared" if it cannot be compared.
async function judge(cell, source, pieces) {
  const printed = cell.outputs;
  const upToHere = cells.slice(0, cells.indexOf(cell) + 1).filter((each) => !each.skipped);
  const inOrder = String(python.ran) === String(upToHere.map(codeOf));
  const other = (what, where = {}) => ({ state: "other", text: `${what} ${reason()}`, again: !inOrder, ...where });
  const reason = () => {
    if (source !== cell.source) return "The cell is edited.";
    if (upToHere.some((each) => codeOf(each) !== each.source)) return "A cell above is edited.";
    if (!inOrder) return "Since Python started, cells have run edited, twice or in another order.";
    return "Nothing is edited, so this is a mistake in the book: please report it.";
  };
  if (pieces.at(-1)?.[0] === "error") return other("Not as printed: it raised an error.");
  if (!cell.compared) return { state: "uncompared", text: "Not compared: it prints times, which differ from run to run." };
  let pictures = 0;
  let redrawn = 0;
  for (let number = 0; number < Math.max(pieces.length, printed.length); number++) {
    const [kind, text] = pieces[number] ?? [];
    const [kindPrinted, textPrinted] = printed[number] ?? [];
    if (kind !== kindPrinted) return other(`Not as printed: it shows ${pieces.length > number ? "something else" : "less"}.`);
    if (kind === "figure") {
      const picture = await fetch(cell.view.picture(pictures++).src);
      if (text.trim() === (await picture.text()).trim()) continue; // the file has no final newline
      if (python.matplotlib === book.matplotlib) return other("Not as printed: the figure is another one.");
      redrawn++;
    } else if (text !== textPrinted) {
      const lines = textPrinted.split("\n");
      const line = text.split("\n").findIndex((each, at) => each !== lines[at]);
      if (line < 0) return other("Not as printed: lines are missing at its end.");
      return other(`Not as printed: line ${line + 1} is the first that differs.`, { piece: number, line });
    }
  }
  if (redrawn) {
    const text = `The figure is not compared: it is drawn by matplotlib ${python.matplotlib} here, and by ${book.matplotlib} in the book.`;
    return { state: "uncompared", text };
  }
  return { state: "same", text: pieces.length ? "The same as printed, to the last character." : "It shows nothing, as in the book." };
}

// ---- the page

const views = [];
document.addEventListener("DOMContentLoaded", () => {
  for (const element of document.querySelectorAll("div.cell")) views.push(new View(element, views.length + 1));
  views.forEach((view) => view.refresh());
  announcer = make("div", { className: "run-announcer", role: "status" });
  document.body.append(announcer);
});
