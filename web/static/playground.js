// The playground: training with the reader's settings, which the page draws as it runs.
"use strict";

const NUMBERS = ["Epoch", "Learning rate", "Loss", "Accuracy", "Held-out loss", "Held-out accuracy"];

const LAST = 10_000; // epochs of a run, as in the chapter
const BETWEEN_PICTURES = 80; // milliseconds at most; at first one picture per epoch, because most happens there
const OPENING = "The picture is the finished run of the settings that this page opens with. Start loads Python into this page: 17 MB, once.";

class Playground {
  constructor(place) {
    this.python = null;
    this.running = false; // while slices of training are computed
    this.restart = false; // requested; comes before anything else
    this.steps = 0; // requested with the Step button
    this.speed = 0; // epochs per millisecond
    this.file = null; // a saved model, {file: its name, content}, in place of the settings of network and optimizer
    this.still = JSON.parse(place.querySelector("script").text);
    this.still.regions = Uint8Array.from(atob(this.still.regions), (each) => each.charCodeAt(0));
    this.run = null; // what Python has reported about this run
    this.settings = new Settings(() => this.run && this.begin()); // a run has one set of settings
    this.build(place);
    this.readLink();
    addEventListener("hashchange", () => this.readLink());
    const redraw = () => this.draw();
    // In the next frame: Firefox and WebKit report a size that changes while sizes are observed.
    new ResizeObserver(() => requestAnimationFrame(redraw)).observe(place);
    new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  }

  // ---- the interface

  build(place) {
    const button = (label, onclick, title = "") => make("button", { type: "button", onclick, title }, label);
    this.go = button("", () => this.startOrPause());
    this.go.className = "playground-go";
    this.step = button("Step", () => this.advance(), "One epoch");
    this.anew = button("Restart", () => this.begin());
    this.end = button("Stop", () => this.stop(), "End Python");
    this.picker = make("input", { type: "file", accept: ".npz", hidden: true, onchange: () => this.open() });
    const pick = button("Open …", () => this.picker.click(), "A model that Model.save has written");
    this.keep = button("Save", () => this.save(), "The model as a file that Model.load reads");
    this.close = button("Close file", () => this.closeFile());
    const copy = button("Copy link", () => this.copyLink());
    const row = (...buttons) => make("div", { className: "playground-buttons" }, ...buttons);

    this.progress = make("progress", { hidden: true, ariaLabel: "Python is loading" });
    this.status = make("p", { className: "playground-status", role: "status" });
    this.verdict = make("p", { className: "playground-verdict", role: "status" });
    this.code = make("code");
    this.places = NUMBERS.map((label) => [label, make("dd")]);
    this.regions = make("canvas", { className: "playground-regions", role: "img" });
    this.curves = ["Loss", "Accuracy"].map((quantity) => make("canvas", { className: "playground-curve", role: "img", title: quantity }));
    const figures = this.curves.map((canvas) => make("figure", {}, canvas, make("figcaption", {}, `${canvas.title}, by epoch`)));
    place.append(
      make("div", { className: "playground-controls" },
        ...this.settings.groups, row(this.go, this.step, this.anew, this.end), row(pick, this.keep, this.close, copy, this.picker),
        this.progress, this.status),
      make("div", { className: "playground-plane" }, this.regions,
        make("p", { className: "playground-key" }, "Filled: the points that the network is trained on. Crosses: held-out points, which it is only tested on."),
        make("dl", {}, ...this.places.map(([label, value]) => make("div", {}, make("dt", {}, label), value)))),
      make("div", { className: "playground-curves" }, ...figures,
        make("p", { className: "playground-key" }, "Solid: training points. Dashed: held-out points.")),
      this.verdict,
      make("details", {}, make("summary", {}, "The same numbers in Python"), make("pre", { tabIndex: 0 }, this.code)),
    );
    this.say(OPENING);
    this.refresh();
  }

  say(message) {
    this.status.textContent = message;
  }

  refresh() {
    const over = this.run && this.run.epoch - this.run.history[0][0] >= LAST;
    this.go.textContent = this.running ? "Pause" : "Start";
    this.go.ariaDisabled = String(Boolean(over));
    this.step.ariaDisabled = String(!this.run || over);
    this.anew.ariaDisabled = this.keep.ariaDisabled = String(!this.run);
    this.end.ariaDisabled = String(!this.python);
    this.close.hidden = !this.file;
    this.settings.disable(Boolean(this.file));
  }

  readLink() {
    if (!location.hash.includes("=")) return; // a link to a heading
    const refused = this.settings.readLink();
    this.file = null;
    if (this.run) this.begin();
    if (refused.length) this.say(`The link asks for settings that this page does not have: ${refused.join(", ")}. The book's setting is used instead.`);
  }

  async copyLink() {
    this.settings.writeLink();
    try {
      await navigator.clipboard.writeText(location);
      this.say("The link is copied. It keeps these settings.");
    } catch {
      this.say("The browser does not let this page copy. The link is in the address bar.");
    }
  }

  // ---- files

  async open() {
    const [file] = this.picker.files;
    this.picker.value = ""; // so that the same file can be chosen again
    if (!file) return;
    this.former = this.file;
    this.file = { file: file.name, content: new Uint8Array(await file.arrayBuffer()) };
    this.running = false;
    this.restart = true;
    this.say(`Opening ${file.name} …`);
    this.work();
  }

  closeFile() {
    this.file = null;
    this.begin();
    this.refresh();
    this.go.focus();
  }

  async save() {
    if (this.keep.ariaDisabled === "true") return;
    this.saving = true;
    this.work();
  }

  download(content) {
    const href = URL.createObjectURL(new Blob([content]));
    make("a", { href, download: this.file?.file ?? "spiral.npz" }).click();
    setTimeout(() => URL.revokeObjectURL(href), 1000);
    this.say("Saved. Open reads the file again, and so does Model.load.");
  }

  // ---- training

  startOrPause() {
    if (this.go.ariaDisabled === "true") return;
    this.running = !this.running;
    if (this.run) this.say(this.running ? "Training." : "Paused.");
    else this.restart = true;
    this.work();
  }

  advance() {
    if (this.step.ariaDisabled === "true") return;
    this.running = false;
    this.steps++;
    this.say("One epoch at a time.");
    this.work();
  }

  begin() {
    if (this.anew.ariaDisabled === "true") return;
    this.restart = true;
    this.steps = 0;
    this.say(this.running ? "Training, from the start." : "At the start.");
    this.work();
  }

  stop() {
    if (this.end.ariaDisabled === "true") return;
    this.python.stop();
    this.forget("Stopped. Python is gone from this page; Start loads it again.");
  }

  forget(message) {
    this.python?.worker.terminate();
    this.python = this.run = null;
    this.running = this.restart = this.saving = false;
    this.steps = 0;
    this.say(message);
    this.draw();
    this.refresh();
  }

  // Ask Python for the next slice, draw it, and repeat until nothing is requested.
  async work() {
    this.refresh();
    if (this.working) return;
    this.working = true;
    try {
      if (!this.python) await this.load();
      while (this.python && (this.restart || this.saving || this.steps || this.running)) {
        await this.next();
        this.draw();
        this.refresh();
        await new Promise(requestAnimationFrame);
      }
    } catch (problem) {
      if (!(problem instanceof Stopped)) {
        this.forget(this.run ? `Python broke down; Start loads it again. (${problem.message})` : problem.message);
      }
    } finally {
      this.working = false;
    }
  }

  async load() {
    this.say("Loading Python …");
    this.book = await loadBook();
    this.python = new Python();
    this.refresh();
    await this.python.load(this.book, "playground", this.progress);
    this.say(this.running ? "Training." : "Paused.");
  }

  async next() {
    if (this.restart) return this.first();
    if (this.saving) {
      this.saving = false;
      return this.download(await this.ask("save", {}));
    }
    const { steps } = this;
    this.steps = 0;
    const { epoch, history } = this.run;
    const end = history[0][0] + LAST;
    const slice = Math.max(1, Math.round(Math.min(BETWEEN_PICTURES * this.speed, epoch / 50)));
    const began = performance.now();
    this.report(await this.ask("train", { epochs: Math.min(steps || slice, end - epoch) }));
    this.speed = (this.run.epoch - epoch) / (performance.now() - began);
    if (this.run.epoch >= end) {
      this.running = false;
      this.say("10,000 epochs: the book's runs end here, and so does this one. Restart begins again.");
    }
  }

  async first() {
    this.restart = false;
    const settings = this.settings.values();
    const { seed, batch_size } = settings;
    const answer = await this.ask("begin", this.file ? { seed, batch_size, ...this.file } : settings);
    if (answer.refused) {
      this.file = this.former;
      this.say(answer.refused);
      return;
    }
    this.run = { ...answer, history: [] };
    this.report(answer);
    if (this.file && !this.running) {
      this.say(`${this.file.file} is open, at epoch ${this.run.epoch.toLocaleString("en")}: Start trains it further, on the points of this seed.`);
    }
  }

  ask(call, values) {
    return this.python.ask({ call, with: values });
  }

  // Take over what Python has measured; say whether the chapter on optimizers prints the same.
  report(now) {
    Object.assign(this.run, now);
    this.run.history.push([now.epoch, ...now.measured]);
    const printed = this.book.runs[this.run.name];
    const line = printed?.[now.epoch];
    if (!printed) {
      this.verdict.className = "playground-verdict run-uncompared";
      this.verdict.textContent = "The book prints no run with these settings.";
    } else if (line) {
      const same = line === now.line;
      this.verdict.className = `playground-verdict run-${same ? "same" : "other"}`;
      this.verdict.textContent = same
        ? `The chapter on optimizers prints the same: “${line}”.`
        : `The chapter on optimizers prints “${line}”, and this is “${now.line}”. This is a mistake in the book: please report it.`;
    }
  }

  draw() {
    const run = this.run ?? this.still;
    const values = [run.epoch.toLocaleString("en"), run.rate, ...run.numbers];
    this.places.forEach(([, place], index) => (place.textContent = values[index]));
    this.code.textContent = run.code;
    drawRegions(this.regions, run, this.still.colours);
    this.curves.forEach((canvas, index) => drawCurve(canvas, canvas.title, run.history.map((each) => [each[0], each[1 + index], each[3 + index]])));
  }
}

document.addEventListener("DOMContentLoaded", () => {
  const place = document.querySelector(".playground");
  if (place) new Playground(place);
});
