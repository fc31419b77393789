// Live bytes over steps, all orders on one scale; a step that is pointed at or pinned is listed below.
const memory = {
  shown: null,
  pinned: null,
  top: Math.max(1, ...data.sides.map((side) => side.peak_bytes), data.budget && data.budget.on === "peak" && data.budget.available_bytes < 2 * data.sides[0].peak_bytes ? data.budget.available_bytes : 0) * 1.09,
};

function drawMemory(at) {
  const side = data.sides[at];
  const { pen, box } = prepare(find(`#memory-${at}`));
  const steps = side.steps.length;
  if (steps === 0) return;
  const wide = box.width / steps;
  const high = box.height / memory.top;
  drawAxes(pen, box, steps, memory.top);
  pen.globalAlpha = Number(theme("--shade"));
  const base = new Float64Array(steps);
  for (const tensor of side.tensors) {
    pen.fillStyle = PALETTE[tensor.colour];
    const height = tensor.bytes * high;
    for (let step = tensor.start; step < tensor.end; step++) {
      base[step] += tensor.bytes;
      const gap = height > 3 ? 0.6 : 0;
      pen.fillRect(box.x + step * wide, box.y + box.height - base[step] * high + gap, wide + (wide < 3 ? 0.5 : 0), height - gap);
    }
  }
  pen.globalAlpha = 1;
  drawSelection(pen, box, at, wide);
  drawLimits(pen, box, side, wide);
}

function drawSelection(pen, box, at, wide) {
  for (const mark of [memory.shown, memory.pinned]) {
    if (!mark || mark.at !== at) continue;
    pen.strokeStyle = theme("--ink");
    pen.lineWidth = mark === memory.pinned ? 2 : 1;
    pen.strokeRect(box.x + mark.step * wide, box.y, Math.max(wide, 1), box.height);
  }
}

function drawLimits(pen, box, side, wide) {
  const y = box.y + box.height * (1 - side.peak_bytes / memory.top);
  const x = box.x + (side.peak_step + 0.5) * wide;
  pen.fillStyle = theme("--peak");
  pen.beginPath();
  pen.moveTo(x, y);
  pen.lineTo(x - 5, y - 8);
  pen.lineTo(x + 5, y - 8);
  pen.fill();
  const atPeak = data.bound_bytes === side.peak_bytes ? ", the peak" : "";
  const lines = [];
  if (data.bound_bytes) lines.push({ bytes: data.bound_bytes, colour: theme("--bound"), label: `bound ${kib(data.bound_bytes)}${atPeak}`, dashes: [6, 4] });
  if (data.budget && data.budget.on === "peak") lines.push({ bytes: data.budget.available_bytes, colour: theme("--budget"), label: `budget ${kib(data.budget.available_bytes)}`, dashes: [2, 3] });
  // The peak has its words beside its mark, the lines theirs at the other end.
  const late = side.peak_step > side.steps.length * 0.6;
  drawLines(pen, box, memory.top, lines, late);
  const words = `peak ${kib(side.peak_bytes)}${box.width < 420 ? "" : `, step ${side.peak_step}`}`;
  const right = late ? x - 8 : x + 10 + pen.measureText(words).width;
  drawTag(pen, right, Math.max(y - 5, 8), words, theme("--peak"));
}

const redrawMemory = once(() => data.sides.forEach((_, at) => drawMemory(at)));

function listAlive() {
  const panel = find("#alive");
  const mark = memory.shown || memory.pinned || { at: data.sides.length - 1, step: data.sides[data.sides.length - 1].peak_step };
  panel.replaceChildren();
  if (mark.step === null) return;
  const side = data.sides[mark.at];
  const pinned = memory.pinned === mark ? ", pinned" : "";
  panel.append(make("h3", {}, `${side.label}, ${stepWords(side, mark.step)}${pinned}`));
  const row = side.steps[mark.step];
  const list = make("ol");
  for (const place of aliveAt(side, mark.step)) {
    const tensor = side.tensors[place];
    const use = row.writes.includes(place) ? "written" : row.reads.includes(place) ? "read" : "waiting";
    const swatch = make("i");
    swatch.style.background = PALETTE[tensor.colour];
    list.append(make("li", {}, make("b", {}, String(tensor.bytes)), swatch, make("span", {}, `${tensor.name} (${use})`)));
  }
  panel.append(list);
}

function select(at, step, pin) {
  const mark = { at, step };
  memory.shown = pin ? null : mark;
  if (pin) {
    memory.pinned = mark;
    redrawMaps();
  }
  redrawMemory();
  listAlive();
}

function release() {
  memory.shown = memory.pinned = null;
  hideTip();
  redrawMemory();
  redrawMaps();
  listAlive();
}

function memoryKeys(at, event) {
  const last = data.sides[at].steps.length - 1;
  const mark = [memory.shown, memory.pinned].find((it) => it && it.at === at);
  const now = mark ? mark.step : data.sides[at].peak_step;
  const goals = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: last };
  if (event.key === "Escape") release();
  else if (event.key in goals) select(at, Math.max(0, Math.min(last, goals[event.key])), true);
  else return;
  event.preventDefault();
}

function tipOfStep(side, step) {
  const places = aliveAt(side, step);
  const lines = places.slice(0, 8).map((place) => `${side.tensors[place].bytes}  ${side.tensors[place].name}`);
  const rest = places.length > 8 ? `\nand ${places.length - 8} smaller` : "";
  return `${stepWords(side, step)}\n${lines.join("\n")}${rest}`;
}

function startMemory() {
  data.sides.forEach((side, at) => {
    const canvas = find(`#memory-${at}`);
    if (side.steps.length === 0) return;
    canvas.addEventListener("pointermove", (event) => {
      const step = stepAt(canvas, event, side.steps.length);
      showTip(event, tipOfStep(side, step));
      select(at, step, false);
    });
    canvas.addEventListener("pointerleave", () => { memory.shown = null; hideTip(); redrawMemory(); listAlive(); });
    canvas.addEventListener("click", (event) => {
      const step = stepAt(canvas, event, side.steps.length);
      const again = memory.pinned && memory.pinned.at === at && memory.pinned.step === step;
      if (again) release();
      else select(at, step, true);
    });
    canvas.addEventListener("keydown", (event) => memoryKeys(at, event));
  });
  listAlive();
}
