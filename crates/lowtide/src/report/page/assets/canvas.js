// What both kinds of chart need: colours, axes, a tooltip.

// Okabe and Ito: told apart with any colour vision.
const PALETTE = ["#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7"];
const MARGIN = { left: 66, right: 10, top: 10, bottom: 22 };

// Colours of the style sheet, asked once for each scheme: asking is dear.
const themes = new Map();

function theme(name) {
  if (!themes.has(name)) themes.set(name, getComputedStyle(document.documentElement).getPropertyValue(name).trim());
  return themes.get(name);
}

// Width and height while the page is printed; the style sheet keeps their ratio.
let paperSize = null;

// A canvas cleared and scaled to the screen's pixels, with the box in which is drawn.
function prepare(canvas) {
  const [width, height] = paperSize || [canvas.clientWidth, canvas.clientHeight];
  const ratio = paperSize ? 2 : window.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.font = "11px system-ui, sans-serif";
  const box = { x: MARGIN.left, y: MARGIN.top, width: width - MARGIN.left - MARGIN.right, height: height - MARGIN.top - MARGIN.bottom };
  return { pen, box };
}

function roundStep(range, most) {
  const wanted = Math.max(range / most, 1);
  const magnitude = 10 ** Math.floor(Math.log10(wanted));
  return [1, 2, 5, 10].map((factor) => factor * magnitude).find((step) => step >= wanted);
}

// Round steps in KiB, so that the labels are short.
function drawAxes(pen, box, steps, top) {
  pen.strokeStyle = theme("--line");
  pen.fillStyle = theme("--quiet");
  pen.lineWidth = 1;
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  const [unit, word] = top < 8192 ? [1, "B"] : top < 2097152 ? [1024, "KiB"] : [1048576, "MiB"];
  const tick = roundStep(top / unit, 4) * unit;
  for (let bytes = 0; bytes <= top; bytes += tick) {
    const y = box.y + box.height * (1 - bytes / top);
    pen.beginPath();
    pen.moveTo(box.x - 3, y);
    pen.lineTo(box.x + box.width, y);
    pen.stroke();
    pen.fillText(`${bytes / unit} ${word}`, box.x - 6, y);
  }
  pen.textAlign = "center";
  pen.textBaseline = "top";
  const across = roundStep(steps, Math.max(2, Math.floor(box.width / 80)));
  for (let step = 0; step < steps; step += across) pen.fillText(String(step), box.x + (step + 0.5) * box.width / steps, box.y + box.height + 6);
}

// Horizontal lines `{ bytes, colour, label, dashes }`. Where two are close, the upper one's label stands above it.
function drawLines(pen, box, top, lines, left) {
  const shown = lines.filter((line) => line.bytes !== null && line.bytes !== undefined && line.bytes <= top).sort((a, b) => b.bytes - a.bytes);
  const yOf = (line) => box.y + box.height * (1 - line.bytes / top);
  for (const line of shown) {
    pen.strokeStyle = line.colour;
    pen.lineWidth = 1.5;
    pen.setLineDash(line.dashes);
    pen.beginPath();
    pen.moveTo(box.x, yOf(line));
    pen.lineTo(box.x + box.width, yOf(line));
    pen.stroke();
    pen.setLineDash([]);
  }
  shown.forEach((line, at) => {
    const close = at + 1 < shown.length && yOf(shown[at + 1]) - yOf(line) < 16;
    const right = left ? box.x + 8 + pen.measureText(line.label).width : box.x + box.width - 4;
    drawTag(pen, right, yOf(line) + (close ? -8 : 9), line.label, line.colour);
  });
}

// Words on a ground of their own, so that they are legible over any band.
function drawTag(pen, right, y, label, colour) {
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  const width = pen.measureText(label).width;
  pen.globalAlpha = 0.85;
  pen.fillStyle = theme("--ground");
  pen.fillRect(right - width - 3, y - 7, width + 6, 14);
  pen.globalAlpha = 1;
  pen.fillStyle = colour;
  pen.fillText(label, right, y);
}

function stepAt(canvas, event, steps) {
  const edge = canvas.getBoundingClientRect();
  const width = edge.width - MARGIN.left - MARGIN.right;
  const step = Math.floor((event.clientX - edge.left - MARGIN.left) / width * steps);
  return Math.max(0, Math.min(steps - 1, step));
}

function showTip(event, text) {
  const tip = find("#tip");
  tip.textContent = text;
  tip.hidden = false;
  const x = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8);
  const below = event.clientY + 16;
  const y = below + tip.offsetHeight > innerHeight ? event.clientY - tip.offsetHeight - 12 : below;
  tip.style.left = `${Math.max(4, x)}px`;
  tip.style.top = `${Math.max(4, y)}px`;
}

function hideTip() {
  find("#tip").hidden = true;
}
