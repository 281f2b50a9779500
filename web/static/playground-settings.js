// The settings of the playground: sliders in groups, and the link that stores them.
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

class Settings {
  constructor(onchange) {
    this.onchange = onchange;
    const options = Object.entries(OPTIMIZERS).map(([value, { label }]) => make("option", { value }, label));
    this.optimizer = make("select", { id: "playground-optimizer" }, ...options);
    this.optimizer.onchange = () => this.change({ ...this.values(), ...OPTIMIZERS[this.optimizer.value].settings });
    this.sliders = {};
    this.groups = Object.entries(GROUPS).map(([legend, names]) => {
      const rows = names.map((name) => (name === "optimizer" ? this.row("Optimizer", this.optimizer) : this.slider(name)));
      return make("fieldset", { className: "playground-settings" }, make("legend", {}, legend), ...rows);
    });
    this.set({ optimizer: "sgd" });
  }

  row(label, control, ...more) {
    return make("div", {}, make("label", { htmlFor: control.id }, label), control, ...more);
  }

  slider(name) {
    const { label, values } = SLIDERS[name];
    const slider = make("input", { type: "range", id: `playground-${name}`, min: 0, max: values.length - 1, step: 1 });
    slider.shown = make("span", { ariaHidden: "true" }); // screen readers hear the value from the slider
    slider.oninput = () => this.show(name);
    slider.onchange = () => this.change(this.values());
    slider.row = this.row(label, slider, slider.shown);
    this.sliders[name] = slider;
    return slider.row;
  }

  value(name) {
    return SLIDERS[name].values[this.sliders[name].value];
  }

  values() {
    const names = Object.keys({ ...OPTIMIZERS[this.optimizer.value].settings, ...ALWAYS });
    return { optimizer: this.optimizer.value, ...Object.fromEntries(names.map((name) => [name, this.value(name)])) };
  }

  show(name) {
    const value = this.value(name);
    const text = name === "batch_size" && value === ALL ? `all ${ALL}` : String(value);
    this.sliders[name].shown.textContent = text;
    this.sliders[name].ariaValueText = text;
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

  change(values) {
    this.set(values);
    this.writeLink();
    this.onchange();
  }

  // A saved model has a network and an optimizer of its own.
  disable(whether) {
    for (const group of this.groups.slice(1)) group.disabled = whether;
  }

  writeLink() {
    history.replaceState(null, "", `#${new URLSearchParams(this.values())}`);
  }

  // Take over what the link asks for; returns what is not available.
  readLink() {
    const asked = [...new URLSearchParams(location.hash.slice(1))];
    const { optimizer } = Object.fromEntries(asked);
    const values = { optimizer: Object.hasOwn(OPTIMIZERS, optimizer) ? optimizer : "sgd" };
    const own = { ...OPTIMIZERS[values.optimizer].settings, ...ALWAYS };
    const refused = [];
    for (const [name, text] of asked) {
      const value = text.trim() ? Number(text) : NaN;
      if (Object.hasOwn(own, name) && SLIDERS[name].values.includes(value)) values[name] = value;
      else if (values[name] !== text) refused.push(`${name}=${text}`);
    }
    this.set(values);
    return refused;
  }
}
