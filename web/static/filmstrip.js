// A cell with a tag such as filmstrip-4x3 shows a sheet of pictures, four columns and three rows (plots.filmstrip draws it).
// Show one picture at a time, with buttons and a slider. Nothing moves until the reader starts it.
"use strict";

class Filmstrip {
  static PAUSE = 800; // milliseconds

  constructor(image, columns, rows) {
    this.image = image;
    this.columns = columns;
    this.rows = rows;
    this.last = columns * rows - 1;
    this.timer = null;
    this.slider = this.make("input", { type: "range", min: 0, max: this.last, ariaLabel: "Picture" });
    this.slider.oninput = () => this.show(Number(this.slider.value));
    this.playButton = this.make("button", { type: "button", onclick: () => (this.timer ? this.pause() : this.play()) });
    this.place = this.make("span", { className: "filmstrip-place" });
    const back = this.make("button", { type: "button", textContent: "Back", onclick: () => this.show(this.shown - 1) });
    const next = this.make("button", { type: "button", textContent: "Next", onclick: () => this.show(this.shown + 1) });
    const controls = this.make("div", { className: "filmstrip-controls" });
    controls.append(this.playButton, back, next, this.slider, this.place);
    const pane = this.make("div", { className: "filmstrip-pane" });
    const player = this.make("div", { className: "filmstrip", role: "group", ariaLabel: "Pictures one at a time" });
    player.style.setProperty("--columns", columns);
    player.style.setProperty("--rows", rows);
    image.replaceWith(player);
    pane.append(image);
    player.append(pane, controls);
    this.show(this.last); // start at the final picture
  }

  make(tag, properties) {
    return Object.assign(document.createElement(tag), properties);
  }

  // Choosing a picture by hand stops the animation.
  show(number) {
    this.pause();
    this.turnTo(Math.min(Math.max(number, 0), this.last));
  }

  turnTo(number) {
    this.shown = number;
    this.image.style.setProperty("--column", number % this.columns);
    this.image.style.setProperty("--row", Math.floor(number / this.columns));
    this.slider.value = number;
    this.place.textContent = `${number + 1} of ${this.last + 1}`;
    this.slider.ariaValueText = this.place.textContent;
  }

  play() {
    this.turnTo(this.shown === this.last ? 0 : this.shown + 1);
    this.timer = setInterval(() => (this.shown === this.last ? this.pause() : this.turnTo(this.shown + 1)), Filmstrip.PAUSE);
    this.playButton.textContent = "Pause";
  }

  pause() {
    clearInterval(this.timer);
    this.timer = null;
    this.playButton.textContent = "Play";
  }
}

document.addEventListener("DOMContentLoaded", () => {
  for (const cell of document.querySelectorAll("div.cell[class*=tag_filmstrip-]")) {
    const [columns, rows] = cell.className.match(/tag_filmstrip-(\d+)x(\d+)/).slice(1).map(Number);
    new Filmstrip(cell.querySelector(".cell_output img"), columns, rows);
  }
});
