// The playground: settings, a link that stores them, and training that the page draws as it runs.
"use strict";

// 1, 2 and 5 times every power of ten.
function series(lowest, highest) {
  const values = [];
  for (let power = lowest; power <= highest; power++) values.push(...[1, 2, 5].map((digit) => Number(`${digit}e${power}`)));
  return values;
}

const ALL = 300; // samples of the training set
const SLIDERS = {
  seed: { label: "Seed", values: Array.from({ length: 100 }, (_, seed) => seed) },
  batch_size: { label: "Batch size", values: [5, 10, 20, 30, 50, 100, 150, ALL] },
  neurons: { label: "Neurons", values: [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128] },
  dropout: { label: "Dropout", values: [0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8] },
  l2: { label: "L2 penalty", values: [0, ...series(-6, -2), 0.1] },
  learning_rate: { label: "Learning rate", values: [...series(-4, 0), 10] },
  decay: { label: "Decay", values: [0, ...series(-7, -3), 0.01] },
  momentum: { label: "Momentum", values: [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99] },
  rho: { label: "Rho", values: [0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999] },
};
const GROUPS = {
  Data: ["seed", "batch_size"],
  Network: ["neurons", "dropout", "l2"],
  Optimizer: ["optimizer", "learning_rate", "decay", "momentum", "rho"],
};

// Each optimizer with the settings of its run in the chapter on optimizers, and no others.
const OPTIMIZERS = {
  sgd: { label: "SGD", settings: { learning_rate: 1, decay: 1e-3, momentum: 0.9 } },
  adagrad: { label: "AdaGrad", settings: { learning_rate: 1, decay: 1e-4 } },
  rmsprop: { label: "RMSProp", settings: { learning_rate: 0.02, decay: 1e-5, rho: 0.999 } },
  adam: { label: "Adam", settings: { learning_rate: 0.05, decay: 5e-7 } },
};
const ALWAYS = { seed: 0, batch_size: ALL, neurons: 64, dropout: 0, l2: 0 };
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
    this.build(place);
    this.set({ optimizer: "sgd" });
    this.readLink();
    addEventListener("hashchange", () => this.readLink());
    const redraw = () => this.draw();
    new ResizeObserver(redraw).observe(place);
    new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  }

  // ---- the interface

  build(place) {
    const options = Object.entries(OPTIMIZERS).map(([value, { label }]) => make("option", { value }, label));
    this.optimizer = make("select", { id: "playground-optimizer" }, ...options);
    this.optimizer.onchange = () => this.change({ ...this.settings(), ...OPTIMIZERS[this.optimizer.value].settings });
    this.sliders = {};
    this.groups = Object.entries(GROUPS).map(([legend, names]) => {
      const rows = names.map((name) => (name === "optimizer" ? this.row("Optimizer", this.optimizer) : this.slider(name)));
      return make("fieldset", { className: "playground-settings" }, make("legend", {}, legend), ...rows);
    });

    const button = (label, onclick, title = "") => make("button", { type: "button", onclick, title }, label);
    this.go = button("", () => this.startOrPause());
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
        ...this.groups, row(this.go, this.step, this.anew, this.end), row(pick, this.keep, this.close, copy, this.picker),
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

  row(label, control, ...more) {
    return make("div", {}, make("label", { htmlFor: control.id }, label), control, ...more);
  }

  slider(name) {
    const { label, values } = SLIDERS[name];
    const slider = make("input", { type: "range", id: `playground-${name}`, min: 0, max: values.length - 1, step: 1 });
    slider.shown = make("span", { ariaHidden: "true" }); // screen readers hear the value from the slider
    slider.oninput = () => this.show(name);
    slider.onchange = () => this.change(this.settings());
    slider.row = this.row(label, slider, slider.shown);
    this.sliders[name] = slider;
    return slider.row;
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
    for (const group of this.groups.slice(1)) group.disabled = Boolean(this.file);
  }

  // ---- settings, and the link

  value(name) {
    return SLIDERS[name].values[this.sliders[name].value];
  }

  show(name) {
    const value = this.value(name);
    const text = name === "batch_size" && value === ALL ? `all ${ALL}` : String(value);
    this.sliders[name].shown.textContent = text;
    this.sliders[name].ariaValueText = text;
  }

  settings() {
    const names = Object.keys({ ...OPTIMIZERS[this.optimizer.value].settings, ...ALWAYS });
    return { optimizer: this.optimizer.value, ...Object.fromEntries(names.map((name) => [name, this.value(name)])) };
  }

  // Move the sliders; settings that are not given get the book's values.
  set({ optimizer, ...given }) {
    const own = OPTIMIZERS[optimizer].settings;
    this.optimizer.value = optimizer;
    for (const [name, value] of Object.entries({ ...own, ...ALWAYS, ...given })) {
      this.sliders[name].value = SLIDERS[name].values.indexOf(value);
    }
    for (const [name, slider] of Object.entries(this.sliders)) {
      slider.row.hidden = !(name in own || name in ALWAYS);
      this.show(name);
    }
  }

  // A run has one set of settings and restarts when one changes.
  change(settings) {
    this.set(settings);
    history.replaceState(null, "", `#${new URLSearchParams(this.settings())}`);
    if (this.run) this.begin();
  }

  readLink() {
    if (!location.hash.includes("=")) return; // a link to a heading
    const asked = [...new URLSearchParams(location.hash.slice(1))];
    const { optimizer } = Object.fromEntries(asked);
    const settings = { optimizer: Object.hasOwn(OPTIMIZERS, optimizer) ? optimizer : "sgd" };
    const own = { ...OPTIMIZERS[settings.optimizer].settings, ...ALWAYS };
    const refused = [];
    for (const [name, text] of asked) {
      const value = text.trim() ? Number(text) : NaN;
      if (Object.hasOwn(own, name) && SLIDERS[name].values.includes(value)) settings[name] = value;
      else if (settings[name] !== text) refused.push(`${name}=${text}`);
    }
    this.file = null;
    this.set(settings);
    if (this.run) this.begin();
    if (refused.length) this.say(`The link asks for what is not to be had here: ${refused.join(", ")}. The book's setting is used instead.`);
  }

  async copyLink() {
    const link = new URL(`#${new URLSearchParams(this.settings())}`, location);
    history.replaceState(null, "", link);
    try {
      await navigator.clipboard.writeText(link);
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
      this.say("10,000 epochs: here the runs of the book end, and this one. Restart begins again.");
    }
  }

  async first() {
    this.restart = false;
    const { seed, batch_size } = this.settings();
    const answer = await this.ask("begin", this.file ? { seed, batch_size, ...this.file } : this.settings());
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
