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

function drawRegions(canvas, { regions, points, heldOut, reach, epoch, measured }, colours) {
  const { pen, width, height, ink } = prepare(canvas);
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
  const size = Math.max(2.5, width / 130);
  const place = ([x, y]) => [((x / reach + 1) / 2) * width, ((1 - y / reach) / 2) * height];
  for (const [thickness, colour] of [[2.8, () => ink], [1.5, (number) => colours[number]]]) {
    for (const point of heldOut) {
      pen.lineWidth = thickness;
      pen.strokeStyle = colour(point[2]);
      pen.beginPath();
      cross(pen, point[2], ...place(point), 1.6 * size);
      pen.stroke();
    }
  }
  pen.strokeStyle = ink;
  pen.lineWidth = 0.8;
  for (const point of points) {
    pen.fillStyle = colours[point[2]];
    pen.beginPath();
    mark(pen, point[2], ...place(point), size);
    pen.fill();
    pen.stroke();
  }
  const percent = (part) => `${Math.round(100 * part)} %`;
  const shares = counts.map((count, number) => `${percent(count / regions.length)} to the ${CLASSES[number]}`);
  canvas.ariaLabel =
    `The plane at epoch ${epoch}: the network gives ${shares.join(", ")}. ` +
    `Of the points, ${percent(measured[1])} lie in the region of their class; of the held-out points, ${percent(measured[3])}.`;
}

// A training point: a circle, triangle or square.
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

// A held-out point: a cross, three arms, or an upright cross.
function cross(pen, number, x, y, size) {
  const turns = [[1, 3, 5, 7], [2, 14 / 3, 22 / 3], [0, 2, 4, 6]][number]; // eighths of a turn
  for (const turn of turns) {
    pen.moveTo(x, y);
    pen.lineTo(x + size * Math.cos((turn * Math.PI) / 4), y - size * Math.sin((turn * Math.PI) / 4));
  }
}

// Values [epoch, of the training points, of the held-out points].
function drawCurve(canvas, quantity, values) {
  const { pen, width, height, ink, line } = prepare(canvas);
  const [left, top, right, bottom] = [40, 10, width - 12, height - 22];
  const [first, last] = [values[0][0], values.at(-1)[0]];
  const span = [100, 200, 500, 1000, 2000, 5000, 10_000].find((epochs) => epochs >= last - first);
  const columns = [1, 2].map((column) => values.map((each) => each[column]));
  const ends = columns.map((column) => column.reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [Infinity, 0]));
  const highest = Math.max(ends[0][1], ends[1][1]);
  const most = quantity === "Accuracy" ? 1 : [1.2, 2, 5, 10, 20, 50, 100].find((loss) => loss >= highest) ?? highest;
  const x = (epoch) => left + ((epoch - first) / span) * (right - left);
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
  for (const epoch of [first, first + span / 2]) pen.fillText(epoch.toLocaleString("en"), x(epoch), bottom + 6);
  pen.textAlign = "right";
  pen.fillText((first + span).toLocaleString("en"), right + 10, bottom + 6);
  pen.strokeStyle = line;
  pen.lineWidth = 1.5;
  columns.forEach((column, index) => {
    pen.setLineDash(index ? [4, 3] : []);
    pen.beginPath();
    column.forEach((value, at) => pen.lineTo(x(values[at][0]), y(value)));
    pen.stroke();
  });
  const words = columns.map(
    (column, index) =>
      `${index ? "of the held-out points" : "of the training points"} from ${column[0].toFixed(3)} at epoch ${first} to ` +
      `${column.at(-1).toFixed(3)} at epoch ${last}, between ${ends[index][0].toFixed(3)} and ${ends[index][1].toFixed(3)}`,
  );
  canvas.ariaLabel = `${quantity} ${words.join("; ")}.`;
}
