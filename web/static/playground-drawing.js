// The drawings of the playground, each with a text alternative.
"use strict";

const CLASSES = ["blue circles", "orange triangles", "green squares"];
const TINT = 0.3;

// A cleared canvas at the resolution of the screen, with the colours of the page.
function prepare(canvas) {
  const { width, height } = canvas.getBoundingClientRect();
  const scale = window.devicePixelRatio;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  const style = getComputedStyle(canvas);
  pen.font = `12px ${style.fontFamily}`;
  const [ink, line] = [style.color, style.getPropertyValue("--pst-color-primary")];
  return { pen, width, height, ink, line };
}

function drawRegions(canvas, run, colours) {
  const { pen, width, height, ink } = prepare(canvas);
  canvas.ariaLabel = "The plane with the points and the regions of the classes: nothing is computed yet.";
  if (!run) {
    pen.fillStyle = ink;
    pen.textAlign = "center";
    pen.fillText("Start draws the plane here.", width / 2, height / 2);
    return;
  }
  const { regions, points, reach } = run;
  const side = Math.sqrt(regions.length);
  const small = make("canvas", { width: side, height: side });
  const tints = small.getContext("2d");
  const counts = colours.map(() => 0);
  regions.forEach((number, index) => {
    counts[number]++;
    tints.fillStyle = colours[number];
    tints.fillRect(index % side, Math.floor(index / side), 1, 1);
  });
  pen.globalAlpha = TINT;
  pen.drawImage(small, 0, 0, width, height);
  pen.globalAlpha = 1;
  pen.strokeStyle = ink;
  pen.lineWidth = 0.8;
  const size = Math.max(2.5, width / 120);
  for (const [x, y, number] of points) {
    pen.fillStyle = colours[number];
    pen.beginPath();
    mark(pen, number, ((x / reach + 1) / 2) * width, ((1 - y / reach) / 2) * height, size);
    pen.fill();
    pen.stroke();
  }
  const shares = counts.map((count, number) => `${Math.round((100 * count) / regions.length)} % to the ${CLASSES[number]}`);
  canvas.ariaLabel =
    `The plane at epoch ${run.epoch}: the network gives ${shares.join(", ")}. ` +
    `Of the points, ${Math.round(100 * run.accuracy)} % lie in the region of their class.`;
}

function mark(pen, number, x, y, size) {
  if (number === 0) pen.arc(x, y, size, 0, 2 * Math.PI);
  if (number === 1) {
    pen.moveTo(x, y - 1.2 * size);
    pen.lineTo(x + 1.1 * size, y + 0.8 * size);
    pen.lineTo(x - 1.1 * size, y + 0.8 * size);
    pen.closePath();
  }
  if (number === 2) pen.rect(x - 0.9 * size, y - 0.9 * size, 1.8 * size, 1.8 * size);
}

function drawCurve(canvas, quantity, values) {
  const { pen, width, height, ink, line } = prepare(canvas);
  const [left, top, right, bottom] = [40, 10, width - 12, height - 22];
  const last = Math.max(values.length - 1, 1);
  const end = [100, 200, 500, 1000, 2000, 5000, 10_000].find((epochs) => epochs >= last);
  const highest = values.reduce((a, b) => Math.max(a, b), 0);
  const most = quantity === "Accuracy" ? 1 : [1.2, 2, 5, 10, 20, 50, 100].find((loss) => loss >= highest) ?? highest;
  const x = (epoch) => left + (epoch / end) * (right - left);
  const y = (value) => bottom - (value / most) * (bottom - top);
  pen.strokeStyle = pen.fillStyle = ink;
  pen.beginPath();
  pen.moveTo(left, top);
  pen.lineTo(left, bottom);
  pen.lineTo(right, bottom);
  pen.stroke();
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  for (const value of [0, most / 2, most]) pen.fillText(String(value), left - 6, y(value));
  pen.textAlign = "center";
  pen.textBaseline = "top";
  for (const epoch of [0, end / 2]) pen.fillText(epoch.toLocaleString("en"), x(epoch), bottom + 6);
  pen.textAlign = "right";
  pen.fillText(end.toLocaleString("en"), right + 10, bottom + 6);
  pen.strokeStyle = line;
  pen.lineWidth = 1.5;
  pen.beginPath();
  values.forEach((value, epoch) => pen.lineTo(x(epoch), y(value)));
  pen.stroke();
  const words = values.length
    ? `from ${values[0].toFixed(3)} at epoch 0 to ${values.at(-1).toFixed(3)} at epoch ${values.length - 1}, between ` +
      `${values.reduce((a, b) => Math.min(a, b)).toFixed(3)} and ${highest.toFixed(3)}.`
    : "nothing is computed yet.";
  canvas.ariaLabel = `${quantity}: ${words}`;
}
