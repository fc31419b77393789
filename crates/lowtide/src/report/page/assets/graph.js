// The network down its order: a row a step, columns by lanes; stretches between narrow cuts can be folded. Only the rows
// in view are in the document.
const SVG = "http://www.w3.org/2000/svg";
const MANY = 150;
const graph = { at: data.sides.length - 1, folded: new Set(), rows: [], rowOf: [], scale: 1, matches: [], match: -1, query: "" };

function svg(tag, attributes, text) {
  const element = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

const graphSide = () => data.sides[graph.at];
const rowHeight = () => 22 * graph.scale;
const laneX = (lane) => 18 + lane * Math.max(8, 20 * graph.scale);

// Rows that are shown: a step each, or a folded cell; `rowOf` leads from a step to its row.
function layRows() {
  const side = graphSide();
  graph.rows = [];
  graph.rowOf = new Array(side.steps.length);
  side.cells.forEach(([first, end], cell) => {
    const folded = graph.folded.has(cell) && end - first > 1;
    if (!folded && end - first > 1) graph.rows.push({ cell, first, end, head: true });
    for (let step = first; step < end; step++) {
      if (!folded || step === first) graph.rows.push({ cell, first: step, end: folded ? end : step + 1, folded });
      graph.rowOf[step] = graph.rows.length - 1;
    }
  });
  layEdges(side);
}

function layEdges(side) {
  const writer = new Map();
  side.steps.forEach((row, step) => row.writes.forEach((place) => writer.set(place, step)));
  graph.edges = [];
  side.steps.forEach((row, step) => {
    for (const place of row.reads) {
      const from = writer.get(place);
      if (from === undefined || graph.rowOf[from] === graph.rowOf[step]) continue;
      graph.edges.push({ from, to: step, place });
    }
  });
}

function edgePath(edge, side, high) {
  const shown = (step) => graph.rows[graph.rowOf[step]];
  const lane = (step) => (shown(step).folded ? 0 : side.steps[step].lane);
  const [x1, x2] = [laneX(lane(edge.from)), laneX(lane(edge.to))];
  const [y1, y2] = [(graph.rowOf[edge.from] + 0.5) * high, (graph.rowOf[edge.to] + 0.5) * high];
  const turn = y2 - high * 0.9;
  return `M${x1} ${y1}V${Math.max(y1, turn)}C${x1} ${y2 - high * 0.3} ${x2} ${y2 - high * 0.6} ${x2} ${y2}`;
}

function edgeElement(edge, side, high, widest) {
  const tensor = side.tensors[edge.place];
  const width = 0.8 + 4 * Math.sqrt(tensor.bytes / widest);
  const path = svg("path", { class: "edge", d: edgePath(edge, side, high), "stroke-width": width.toFixed(1) });
  path.append(svg("title", {}, `${tensor.name}: ${tensorWords(tensor)}`));
  return path;
}

// What most results of a cell are named after: the first part of their paths.
function cellName(steps, side) {
  const counts = new Map();
  for (const place of steps.flatMap((step) => step.writes)) {
    const first = side.tensors[place].name.split("/").find((part) => part !== "");
    if (first) counts.set(first, (counts.get(first) || 0) + 1);
  }
  const [name, count] = [...counts].sort((a, b) => b[1] - a[1])[0] || ["", 0];
  return count > 1 ? `${name}, ` : "";
}

function rowWords(row, side) {
  if (row.head || row.folded) {
    const steps = side.steps.slice(row.first, row.end);
    const most = Math.max(...steps.map((step) => step.live_bytes));
    const out = steps[steps.length - 1].writes.map((place) => side.tensors[place].name)[0] || "";
    return [`${row.folded ? "▸" : "▾"} ${cellName(steps, side)}steps ${row.first} to ${row.end - 1}: ${steps.length} operators, up to ${kib(most)} live`, out ? ` → ${out}` : ""];
  }
  const step = side.steps[row.first];
  const written = step.writes.map((place) => `${side.tensors[place].name} ${kib(side.tensors[place].bytes)}`).join(", ");
  return [`${step.operator} @${step.operator_index}`, written ? ` → ${written}` : ""];
}

function rowElement(row, index, side, width) {
  const high = rowHeight();
  const holds = (step) => step !== null && row.first <= step && step < row.end;
  const classes = ["row"];
  if (!row.head && holds(side.peak_step)) classes.push("peak");
  if (!row.head && graph.matches.some(holds)) classes.push("match");
  const group = svg("g", { class: classes.join(" "), "data-row": index });
  group.append(svg("rect", { class: "back", x: 0, y: index * high, width, height: high }));
  const lane = row.folded || row.head ? 0 : side.steps[row.first].lane;
  const [x, y] = [laneX(lane), (index + 0.5) * high];
  if (!row.head) {
    const size = Math.min(7, high * 0.36);
    const shape = row.folded ? { rx: 2 } : { rx: size };
    const colour = row.folded ? "#0072b2" : colourOf(side.steps[row.first].operator.split(" ")[0]);
    group.append(svg("rect", { x: x - size, y: y - size, width: 2 * size, height: 2 * size, fill: colour, ...shape }));
  }
  if (high >= 11) {
    const [name, rest] = rowWords(row, side);
    const text = svg("text", { x: row.head ? 6 : laneX(side.lanes) + 4, y: y + 4, class: row.head ? "size" : "" });
    text.append(svg("tspan", {}, name), svg("tspan", { class: "size" }, rest));
    group.append(text);
  }
  return group;
}

function drawGraph() {
  const [drawing, side] = [find("#drawing"), graphSide()];
  const high = rowHeight();
  const total = graph.rows.length * high + 8;
  const width = Math.max(drawing.clientWidth - 2, laneX(side.lanes) + 640);
  const first = Math.max(0, Math.floor(drawing.scrollTop / high) - 4);
  const last = Math.min(graph.rows.length, Math.ceil((drawing.scrollTop + drawing.clientHeight) / high) + 4);
  find(".room", drawing).style.height = `${total}px`;
  const picture = svg("svg", { width, height: total });
  const widest = Math.max(1, ...side.tensors.map((tensor) => tensor.bytes));
  for (let index = first; index < last; index++) picture.append(rowElement(graph.rows[index], index, side, width));
  const inView = (edge) => graph.rowOf[edge.from] < last && graph.rowOf[edge.to] >= first;
  const edges = graph.edges.filter(inView).map((edge) => edgeElement(edge, side, high, widest));
  picture.prepend(...edges);
  drawing.replaceChildren(find(".room", drawing), picture);
}

const redrawGraph = once(drawGraph);

function relayGraph() {
  layRows();
  redrawGraph();
}

function search(query) {
  const side = graphSide();
  graph.query = query;
  const wanted = query.trim().toLowerCase();
  const names = (row) => [`${row.operator} @${row.operator_index}`, ...row.writes.map((place) => side.tensors[place].name)];
  const fits = (row) => names(row).some((name) => name.toLowerCase().includes(wanted));
  graph.matches = wanted ? side.steps.flatMap((row, step) => (fits(row) ? [step] : [])) : [];
  graph.match = -1;
  find("#found").textContent = wanted ? `${graph.matches.length} found` : "";
  if (graph.matches.length > 0) goToNext();
  else redrawGraph();
}

function goToNext() {
  if (graph.matches.length === 0) return;
  graph.match = (graph.match + 1) % graph.matches.length;
  const step = graph.matches[graph.match];
  graph.folded.delete(graphSide().cells.findIndex(([first, end]) => first <= step && step < end));
  layRows();
  find("#found").textContent = `${graph.match + 1} of ${graph.matches.length}`;
  find(".room", find("#drawing")).style.height = `${graph.rows.length * rowHeight() + 8}px`;
  find("#drawing").scrollTop = graph.rowOf[step] * rowHeight() - 120;
  redrawGraph();
}

function foldAll(folded) {
  graph.folded = new Set(folded ? graphSide().cells.keys() : []);
  relayGraph();
}

function showSide(at) {
  graph.at = at;
  find("#graph .sides").querySelectorAll("button").forEach((button, index) => button.setAttribute("aria-pressed", String(index === at)));
  foldAll(graphSide().steps.length > MANY);
  if (graph.query) search(graph.query);
}

function zoom(factor) {
  graph.scale = Math.max(0.25, Math.min(2.5, graph.scale * factor));
  redrawGraph();
}

function clickRow(event) {
  const element = event.target.closest("[data-row]");
  const row = element && graph.rows[Number(element.dataset.row)];
  if (!row) return;
  if (row.head || row.folded) {
    if (row.folded) graph.folded.delete(row.cell);
    else graph.folded.add(row.cell);
    relayGraph();
  } else select(graph.at, row.first, true);
}

function startGraph() {
  const drawing = find("#drawing");
  drawing.append(make("div", { class: "room" }));
  data.sides.forEach((side, at) => {
    const button = make("button", { type: "button" }, side.label);
    button.addEventListener("click", () => showSide(at));
    find("#graph .sides").append(button, " ");
  });
  drawing.addEventListener("scroll", redrawGraph);
  drawing.addEventListener("click", clickRow);
  drawing.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15);
  }, { passive: false });
  find("#search").addEventListener("input", (event) => search(event.target.value));
  find("#search").addEventListener("keydown", (event) => {
    if (event.key === "Enter") goToNext();
    if (event.key === "Escape") { event.target.value = ""; search(""); }
  });
  find("#fold").addEventListener("click", () => foldAll(true));
  find("#unfold").addEventListener("click", () => foldAll(false));
  find("#smaller").addEventListener("click", () => zoom(1 / 1.3));
  find("#larger").addEventListener("click", () => zoom(1.3));
  showSide(graph.at);
}
