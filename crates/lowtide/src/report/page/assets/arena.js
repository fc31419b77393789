// Where each tensor lies: the runtime's own plan of the first order, both plans of the last.
const maps = [];
const arenaTop = () => Math.max(1, ...maps.map((map) => map.plan.bytes)) * 1.06;

function collectMaps() {
  data.sides.forEach((side, at) => {
    for (const plan of side.arenas) {
      if (at === 0 && data.sides.length > 1 && !plan.is_the_runtimes) continue;
      maps.push({ side, plan });
    }
  });
}

// Boxes as `[place, x, y, width, height]` on the canvas.
function boxesOf(map, box, top) {
  const wide = box.width / map.side.steps.length;
  return map.side.tensors.map((tensor, place) => {
    const height = tensor.bytes / top * box.height;
    const floor = box.y + box.height * (1 - map.plan.offsets[place] / top);
    return [place, box.x + tensor.start * wide, floor - height, (tensor.end - tensor.start) * wide, height];
  });
}

// Under the highest live byte of each step everything is hatched; boxes are drawn over it, what stays is waste.
function drawWaste(pen, map, box, top) {
  const steps = map.side.steps.length;
  const highest = new Float64Array(steps);
  map.side.tensors.forEach((tensor, place) => {
    for (let step = tensor.start; step < tensor.end; step++) highest[step] = Math.max(highest[step], map.plan.offsets[place] + tensor.bytes);
  });
  const wide = box.width / steps;
  const floor = box.y + box.height;
  pen.beginPath();
  pen.moveTo(box.x, floor);
  highest.forEach((bytes, step) => {
    const y = floor - bytes / top * box.height;
    pen.lineTo(box.x + step * wide, y);
    pen.lineTo(box.x + (step + 1) * wide, y);
  });
  pen.lineTo(box.x + box.width, floor);
  pen.fillStyle = hatching(pen);
  pen.fill();
}

// Diagonal lines, seven points apart.
function hatching(pen) {
  const tile = make("canvas");
  const size = 14;
  tile.width = tile.height = size;
  const line = tile.getContext("2d");
  line.strokeStyle = theme("--quiet");
  line.lineWidth = 0.8;
  for (const from of [-size / 2, 0, size / 2, size]) {
    line.moveTo(from - 2, size + 2);
    line.lineTo(from + size + 2, -2);
  }
  line.stroke();
  return pen.createPattern(tile, "repeat");
}

function drawMap(map) {
  const { pen, box } = prepare(map.canvas);
  const steps = map.side.steps.length;
  if (steps === 0) return;
  const top = arenaTop();
  const onlyPeak = find("#at-peak").checked;
  drawAxes(pen, box, steps, top);
  drawWaste(pen, map, box, top);
  map.boxes = boxesOf(map, box, top);
  const peak = map.side.peak_step;
  const [ground, ink, shade] = [theme("--ground"), theme("--ink"), Number(theme("--shade"))];
  for (const [place, x, y, width, height] of map.boxes) {
    const tensor = map.side.tensors[place];
    pen.fillStyle = ground;
    pen.fillRect(x, y, width, height);
    const faint = onlyPeak && !(tensor.start <= peak && peak < tensor.end);
    pen.globalAlpha = faint ? 0.08 : shade;
    pen.fillStyle = PALETTE[tensor.colour];
    pen.fillRect(x, y, width, height);
    pen.globalAlpha = 1;
    if (map.near === place) { pen.strokeStyle = ink; pen.lineWidth = 2; }
    else { pen.strokeStyle = ground; pen.lineWidth = 0.6; }
    if (width > 2 && height > 2) pen.strokeRect(x, y, width, height);
  }
  drawPinned(pen, map, box);
  const lines = [{ bytes: map.side.peak_bytes, colour: theme("--peak"), label: `peak ${kib(map.side.peak_bytes)}`, dashes: [6, 4] }];
  if (map.plan.bytes > map.side.peak_bytes) lines.push({ bytes: map.plan.bytes, colour: theme("--ink"), label: `arena ${kib(map.plan.bytes)}`, dashes: [] });
  if (data.budget && data.budget.on === "arena") lines.push({ bytes: data.budget.available_bytes, colour: theme("--budget"), label: `budget ${kib(data.budget.available_bytes)}`, dashes: [2, 3] });
  drawLines(pen, box, top, lines, false);
}

// The step that is pinned in the pictures above.
function drawPinned(pen, map, box) {
  const mark = memory.pinned;
  if (!mark || data.sides[mark.at] !== map.side) return;
  const wide = box.width / map.side.steps.length;
  pen.strokeStyle = theme("--ink");
  pen.lineWidth = 1.5;
  pen.strokeRect(box.x + mark.step * wide, box.y, Math.max(wide, 1), box.height);
}

const redrawMaps = once(() => maps.forEach(drawMap));

function pointAt(map, event) {
  const edge = map.canvas.getBoundingClientRect();
  const [x, y] = [event.clientX - edge.left, event.clientY - edge.top];
  const onlyPeak = find("#at-peak").checked;
  const peak = map.side.peak_step;
  const hit = (map.boxes || []).find(([place, left, upper, width, height]) => {
    const tensor = map.side.tensors[place];
    const shown = !onlyPeak || (tensor.start <= peak && peak < tensor.end);
    return shown && left <= x && x < left + width && upper <= y && y < upper + height;
  });
  map.near = hit ? hit[0] : null;
  if (hit) tellBox(map, event);
  else hideTip();
  redrawMaps();
}

// Arrow keys go from tensor to tensor, in the order in which they come to life.
function mapKeys(map, event) {
  const last = map.side.tensors.length - 1;
  const now = map.near ?? -1;
  const goals = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: last };
  if (event.key === "Escape") { map.near = null; hideTip(); }
  else if (event.key in goals) {
    map.near = Math.max(0, Math.min(last, goals[event.key]));
    const [, x, y] = map.boxes[map.near];
    const edge = map.canvas.getBoundingClientRect();
    tellBox(map, { clientX: edge.left + x, clientY: edge.top + y });
  } else return;
  event.preventDefault();
  redrawMaps();
}

function tellBox(map, place) {
  const tensor = map.side.tensors[map.near];
  showTip(place, `${tensor.name}\n${tensorWords(tensor)}\noffset ${map.plan.offsets[map.near]}`);
}

function startMaps() {
  collectMaps();
  for (const map of maps) {
    const above = map.plan.bytes - map.side.peak_bytes;
    const proof = map.plan.proof === "optimal" ? ", no plan needs less" : above > 0 ? `, ${above} above the peak` : "";
    const words = `${map.side.label}, ${map.plan.planner}: ${map.plan.bytes} bytes (${kib(map.plan.bytes)})${proof}`;
    map.canvas = make("canvas", { role: "img", "aria-label": `arena, ${words}`, tabindex: "0" });
    find("#maps").append(make("figure", {}, make("figcaption", {}, words), map.canvas));
    map.canvas.addEventListener("pointermove", (event) => pointAt(map, event));
    map.canvas.addEventListener("pointerdown", (event) => pointAt(map, event));
    map.canvas.addEventListener("keydown", (event) => mapKeys(map, event));
    map.canvas.addEventListener("pointerleave", () => { map.near = null; hideTip(); redrawMaps(); });
  }
  if (maps.length === 0) find("#arenas").hidden = true;
  find("#at-peak").addEventListener("change", redrawMaps);
}
