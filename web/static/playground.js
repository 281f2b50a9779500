// The playground: settings, a link that stores them, and training that the page draws as it runs.
"use strict";

// 1, 2 and 5 times every power of ten.
function series(lowest, highest) {
  const values = [];
  for (let power = lowest; power <= highest; power++) values.push(...[1, 2, 5].map((digit) => Number(`${digit}e${power}`)));
  return values;
}

const SLIDERS = {
  learning_rate: { label: "Learning rate", values: [...series(-4, 0), 10] },
  decay: { label: "Decay", values: [0, ...series(-7, -3), 0.01] },
  momentum: { label: "Momentum", values: [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99] },
  rho: { label: "Rho", values: [0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999] },
  neurons: { label: "Neurons", values: [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128] },
  seed: { label: "Seed", values: Array.from({ length: 100 }, (_, seed) => seed) },
};

// Each optimizer with the settings of its run in the chapter on optimizers, and no others.
const OPTIMIZERS = {
  sgd: { label: "SGD", settings: { learning_rate: 1, decay: 1e-3, momentum: 0.9 } },
  adagrad: { label: "AdaGrad", settings: { learning_rate: 1, decay: 1e-4 } },
  rmsprop: { label: "RMSProp", settings: { learning_rate: 0.02, decay: 1e-5, rho: 0.999 } },
  adam: { label: "Adam", settings: { learning_rate: 0.05, decay: 5e-7 } },
};
const NETWORK = { neurons: 64, seed: 0 };

const LAST = 10_000; // epochs, as in the chapter
const BETWEEN_PICTURES = 80; // milliseconds at most; at first one picture per epoch, because most happens there

class Playground {
  constructor(place) {
    this.python = null;
    this.running = false; // while slices of training are computed
    this.restart = false; // requested; comes before anything else
    this.steps = 0; // requested with the Step button
    this.speed = 0; // epochs per millisecond
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
    this.optimizer.onchange = () => this.change({ optimizer: this.optimizer.value, ...this.network() });
    this.sliders = {};
    const rows = [this.row("Optimizer", this.optimizer)];
    for (const [name, { label, values }] of Object.entries(SLIDERS)) {
      const slider = make("input", { type: "range", id: `playground-${name}`, min: 0, max: values.length - 1, step: 1 });
      slider.shown = make("span", { ariaHidden: "true" }); // screen readers hear the value from the slider
      slider.oninput = () => this.show(name);
      slider.onchange = () => this.change(this.settings());
      slider.row = this.row(label, slider, slider.shown);
      this.sliders[name] = slider;
      rows.push(slider.row);
    }
    const form = make("fieldset", { className: "playground-settings" }, make("legend", {}, "Settings"), ...rows);

    this.go = make("button", { type: "button", onclick: () => this.startOrPause() });
    this.step = make("button", { type: "button", title: "One epoch", onclick: () => this.advance() }, "Step");
    this.anew = make("button", { type: "button", onclick: () => this.begin() }, "Restart");
    this.end = make("button", { type: "button", onclick: () => this.stop() }, "Stop");
    const copy = make("button", { type: "button", onclick: () => this.copyLink() }, "Copy link");
    const buttons = make("div", { className: "playground-buttons" }, this.go, this.step, this.anew, this.end, copy);

    this.progress = make("progress", { hidden: true, ariaLabel: "Python is loading" });
    this.status = make("p", { className: "playground-status", role: "status" });
    this.verdict = make("p", { className: "playground-verdict", role: "status" });
    this.numbers = {};
    const list = make("dl");
    for (const [name, label] of [["epoch", "Epoch"], ["loss", "Loss"], ["accuracy", "Accuracy"], ["rate", "Learning rate"]]) {
      this.numbers[name] = make("dd", {}, "–");
      list.append(make("div", {}, make("dt", {}, label), this.numbers[name]));
    }
    this.regions = make("canvas", { className: "playground-regions", role: "img" });
    this.curves = ["Loss", "Accuracy"].map((quantity) => [quantity, make("canvas", { className: "playground-curve", role: "img" })]);
    const figures = this.curves.map(([quantity, canvas]) => make("figure", {}, canvas, make("figcaption", {}, `${quantity}, by epoch`)));
    place.append(
      make("div", { className: "playground-controls" }, form, buttons, this.progress, this.status),
      this.regions,
      list,
      make("div", { className: "playground-curves" }, ...figures),
      this.verdict,
    );
    this.say("Start loads Python into this page: 17 MB, once.");
    this.refresh();
  }

  row(label, control, ...more) {
    return make("div", {}, make("label", { htmlFor: control.id }, label), control, ...more);
  }

  say(message) {
    this.status.textContent = message;
  }

  refresh() {
    const over = this.run?.epoch >= LAST;
    this.go.textContent = this.running ? "Pause" : "Start";
    this.go.ariaDisabled = String(over);
    this.step.ariaDisabled = String(!this.run || over);
    this.anew.ariaDisabled = String(!this.run);
    this.end.ariaDisabled = String(!this.python);
  }

  // ---- settings, and the link

  value(name) {
    return SLIDERS[name].values[this.sliders[name].value];
  }

  show(name) {
    const text = String(this.value(name));
    this.sliders[name].shown.textContent = text;
    this.sliders[name].ariaValueText = text;
  }

  network() {
    return { neurons: this.value("neurons"), seed: this.value("seed") };
  }

  settings() {
    const own = Object.keys(OPTIMIZERS[this.optimizer.value].settings).map((name) => [name, this.value(name)]);
    return { optimizer: this.optimizer.value, ...Object.fromEntries(own), ...this.network() };
  }

  // Move the sliders; settings that are not given get the book's values.
  set({ optimizer, ...given }) {
    const own = OPTIMIZERS[optimizer].settings;
    this.optimizer.value = optimizer;
    for (const [name, value] of Object.entries({ ...own, ...NETWORK, ...given })) {
      this.sliders[name].value = SLIDERS[name].values.indexOf(value);
    }
    for (const [name, slider] of Object.entries(this.sliders)) {
      slider.row.hidden = !(name in own || name in NETWORK);
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
    const own = { ...OPTIMIZERS[settings.optimizer].settings, ...NETWORK };
    const refused = [];
    for (const [name, text] of asked) {
      const value = text.trim() ? Number(text) : NaN;
      if (Object.hasOwn(own, name) && SLIDERS[name].values.includes(value)) settings[name] = value;
      else if (settings[name] !== text) refused.push(`${name}=${text}`);
    }
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
    this.running = this.restart = false;
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
      while (this.python && (this.restart || this.steps || this.running)) {
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
    if (this.restart) {
      this.restart = false;
      this.run = await this.ask("begin", this.settings());
      this.compare(this.run.lines);
      return;
    }
    const { steps } = this;
    this.steps = 0;
    const slice = Math.max(1, Math.round(Math.min(BETWEEN_PICTURES * this.speed, this.run.epoch / 50)));
    const epochs = Math.min(steps || slice, LAST - this.run.epoch);
    const began = performance.now();
    const { history, lines, ...now } = await this.ask("train", { epochs });
    this.speed = epochs / (performance.now() - began);
    this.run.history.push(...history);
    Object.assign(this.run, now);
    this.compare(lines);
    if (this.run.epoch >= LAST) {
      this.running = false;
      this.say("10,000 epochs: here the runs of the book end, and this one. Restart begins again.");
    }
  }

  ask(call, values) {
    return this.python.ask({ call, with: values });
  }

  // Report whether the chapter on optimizers prints the same.
  compare(lines) {
    const printed = this.book.runs[this.run.name];
    if (!printed) {
      this.verdict.className = "playground-verdict run-uncompared";
      this.verdict.textContent = "The book prints no run with these settings.";
    }
    for (const [epoch, line] of printed ? lines : []) {
      const same = printed[epoch] === line;
      this.verdict.className = `playground-verdict run-${same ? "same" : "other"}`;
      this.verdict.textContent = same
        ? `The chapter on optimizers prints the same: “${line}”.`
        : `The chapter on optimizers prints “${printed[epoch]}”, and this is “${line}”. This is a mistake in the book: please report it.`;
    }
  }

  draw() {
    const run = this.run;
    for (const [name, place] of Object.entries(this.numbers)) {
      place.textContent = run ? (name === "epoch" ? run.epoch.toLocaleString("en") : run[name]) : "–";
    }
    drawRegions(this.regions, run, this.book?.colours);
    this.curves.forEach(([quantity, canvas], index) => drawCurve(canvas, quantity, run?.history.map((each) => each[index]) ?? []));
  }
}

document.addEventListener("DOMContentLoaded", () => {
  const place = document.querySelector(".playground");
  if (place) new Playground(place);
});
