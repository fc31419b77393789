// The network down its order: a row a step, columns by lanes; stretches between narrow cuts are cells, which can be folded.
// Only the rows in view are in the document.
const SVG = "http://www.w3.org/2000/svg";
const MANY = 150;
const ROW = 26;
const PIECE = 8;
const graph = { at: data.sides.length - 1, folded: new Set(), rows: [], rowOf: [], scale: 1, matches: [], match: -1, query: "", near: -1, cursor: -1, paper: false };

function svg(tag, attributes, text) {
  const element = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

const graphSide = () => data.sides[graph.at];
const rowHeight = () => ROW * graph.scale;

// Measures of the drawing that change with its size only.
function measure() {
  const side = graphSide();
  const room = graph.paper ? 720 : find("#drawing").clientWidth;
  const lane = Math.max(9, Math.min(46, room * (room < 520 ? 0.3 : 0.4) / Math.max(1, side.lanes))) * graph.scale;
  const bars = 16 + side.lanes * lane;
  const bar = room < 620 ? 0 : 60;
  return { lane, bars, bar, text: bars + bar + (bar ? 10 : 0), most: Math.max(1, ...side.steps.map((row) => row.live_bytes)), widest: Math.max(1, ...side.tensors.map((tensor) => tensor.bytes)) };
}

const laneX = (lane, at) => 16 + lane * at.lane;

// Rows that are shown: a step each, or a folded cell; `rowOf` leads from a step to its row.
function layRows() {
  const side = graphSide();
  graph.rows = [];
  graph.rowOf = new Array(side.steps.length);
  side.cells.forEach(({ first, end }, cell) => {
    const folded = graph.folded.has(cell) && end - first > 1;
    if (!folded && end - first > 1) graph.rows.push({ cell, first, end, head: true });
    for (let step = first; step < end; step++) {
      if (!folded || step === first) graph.rows.push({ cell, first: step, end: folded ? end : step + 1, folded });
      graph.rowOf[step] = graph.rows.length - 1;
    }
  });
  layEdges(side);
}

// An edge for each row that a tensor goes to; under its writer, by lane, what is handed on.
function layEdges(side) {
  const writer = new Map();
  side.steps.forEach((row, step) => row.writes.forEach((place) => writer.set(place, step)));
  graph.edges = [];
  graph.handed = new Map();
  const known = new Set();
  side.steps.forEach((row, step) => {
    for (const place of row.reads) {
      const from = writer.get(place);
      const [source, target] = [graph.rowOf[from], graph.rowOf[step]];
      const key = `${place} ${target}`;
      if (from === undefined || source === target || known.has(key)) continue;
      known.add(key);
      graph.edges.push({ from, to: step, place });
      if (!graph.handed.has(source)) graph.handed.set(source, new Map());
      const lanes = graph.handed.get(source);
      const lane = side.steps[from].lane;
      if (!lanes.has(lane)) lanes.set(lane, new Set());
      lanes.get(lane).add(place);
    }
  });
}

function edgeElement(edge, side, high, at) {
  const tensor = side.tensors[edge.place];
  const [x1, x2] = [laneX(side.steps[edge.from].lane, at), laneX(side.steps[edge.to].lane, at)];
  const [y1, y2] = [(graph.rowOf[edge.from] + 0.5) * high, (graph.rowOf[edge.to] + 0.5) * high];
  const turn = Math.max(y1, y2 - high * 0.9);
  const near = edge.from === graph.near || edge.to === graph.near;
  const path = svg("path", {
    class: near ? "edge near" : "edge", "stroke-width": (0.8 + 4 * Math.sqrt(tensor.bytes / at.widest)).toFixed(1),
    d: `M${x1} ${y1}V${turn}C${x1} ${y2 - high * 0.3} ${x2} ${y2 - high * 0.6} ${x2} ${y2}`,
  });
  path.append(svg("title", {}, `${tensor.name}: ${tensorWords(tensor)}`));
  return path;
}

// Three figures and a letter, as on the edges.
function short(bytes) {
  const k = bytes / 1024;
  if (k < 1) return `${bytes}B`;
  return k < 100 ? `${k.toFixed(1)}K` : k < 1024 ? `${k.toFixed(0)}K` : `${(k / 1024).toFixed(1)}M`;
}

function sizeElements(index, side, high, at) {
  if (high < 18) return [];
  const lanes = [...(graph.handed.get(index) || [])].sort((a, b) => a[0] - b[0]);
  let free = 0;
  return lanes.flatMap(([lane, places]) => {
    const x = laneX(lane, at) + 5;
    if (x < free) return [];
    const bytes = [...places].reduce((sum, place) => sum + side.tensors[place].bytes, 0);
    free = x + 30;
    return [svg("text", { class: "handed", x, y: (index + 1) * high + 3 }, short(bytes))];
  });
}

function rowWords(row, side) {
  if (row.head || row.folded) {
    const steps = side.steps.slice(row.first, row.end);
    const most = Math.max(...steps.map((step) => step.live_bytes));
    const out = steps[steps.length - 1].writes.map((place) => side.tensors[place].name)[0] || "";
    const name = side.cells[row.cell].name || `steps ${row.first} to ${row.end - 1}`;
    return [name, `  ${steps.length} operators, steps ${row.first} to ${row.end - 1}, up to ${kib(most)} live${row.folded && out ? ` → ${out}` : ""}`];
  }
  const step = side.steps[row.first];
  const fed = step.reads.filter((place) => graph.inputs.has(place)).map((place) => `${side.tensors[place].name} ${kib(side.tensors[place].bytes)}`).join(", ");
  const written = step.writes.map((place) => `${side.tensors[place].name} ${kib(side.tensors[place].bytes)}`).join(", ");
  return [`${step.operator} @${step.operator_index}`, `${fed ? ` ← ${fed}` : ""}${written ? ` → ${written}` : ""}`];
}

function nodeElement(row, side, y, high, at) {
  if (row.head) return svg("text", { class: "fold", x: 4, y: y + 4 }, "▾");
  const size = Math.min(7, high * 0.3);
  const lanes = side.steps.slice(row.first, row.end).map((step) => step.lane);
  const [left, right] = [laneX(Math.min(...lanes), at) - size, laneX(Math.max(...lanes), at) + size];
  const shape = { x: left, y: y - size, width: right - left, height: 2 * size };
  if (row.folded) return svg("rect", { class: "cell", rx: 3, ...shape });
  return svg("rect", { rx: size, fill: PALETTE[side.steps[row.first].colour], ...shape });
}

function rowElement(row, index, side, width, at) {
  const high = rowHeight();
  const holds = (step) => step !== null && row.first <= step && step < row.end;
  const classes = ["row"];
  const peak = !row.head && holds(side.peak_step);
  if (peak) classes.push("peak");
  if (row.head || row.folded) classes.push("group");
  if (!row.head && graph.matches.some(holds)) classes.push("match");
  if (index === graph.cursor) classes.push("cursor");
  const group = svg("g", { class: classes.join(" "), "data-row": index });
  const y = (index + 0.5) * high;
  group.append(svg("rect", { class: "back", x: 1, y: index * high + 1, width: width - 2, height: high - 2, rx: 4 }), nodeElement(row, side, y, high, at));
  if (at.bar && !row.head) {
    const live = Math.max(...side.steps.slice(row.first, row.end).map((step) => step.live_bytes));
    const bar = svg("rect", { class: "live", x: at.bars, y: y - high * 0.18, width: Math.max(1, live / at.most * at.bar), height: high * 0.36 });
    bar.append(svg("title", {}, `${live} bytes live`));
    group.append(bar);
  }
  if (high >= 11) {
    const [name, rest] = rowWords(row, side);
    const text = svg("text", { x: at.text, y: y + 4 });
    text.append(svg("tspan", { class: "name" }, name), svg("tspan", { class: "size" }, rest));
    group.append(text);
  }
  return group;
}

// A ground under every cell that is not folded.
function cellElements(first, last, width) {
  const high = rowHeight();
  return graphSide().cells.flatMap((cell, at) => {
    const [from, to] = [graph.rowOf[cell.first] - 1, graph.rowOf[cell.end - 1]];
    if (graph.folded.has(at) || cell.end - cell.first < 2 || to < first || from > last) return [];
    return [svg("rect", { class: "ground", x: 1, y: from * high + 1, width: width - 2, height: (to - from + 1) * high - 2, rx: 6 })];
  });
}

// The rows from `first` to before `last`.
function rowsPicture(first, last, width, top, height) {
  const [side, at, high] = [graphSide(), measure(), rowHeight()];
  const picture = svg("svg", { width, height, viewBox: `0 ${top} ${width} ${height}`, "font-size": Math.max(10, Math.min(18, 12 * graph.scale)) });
  const inView = (edge) => graph.rowOf[edge.from] < last && graph.rowOf[edge.to] >= first;
  picture.append(...cellElements(first, last, width), ...graph.edges.filter(inView).map((edge) => edgeElement(edge, side, high, at)));
  for (let index = first; index < last; index++) picture.append(...sizeElements(index, side, high, at));
  for (let index = first; index < last; index++) picture.append(rowElement(graph.rows[index], index, side, width, at));
  return picture;
}

function drawGraph() {
  const [drawing, high, count] = [find("#drawing"), rowHeight(), graph.rows.length];
  const total = count * high + 8;
  const room = find(".room", drawing);
  if (graph.paper) {
    // In pieces, so that pages can end between them.
    const pieces = [];
    for (let first = 0; first < count; first += PIECE) {
      const last = Math.min(count, first + PIECE);
      pieces.push(rowsPicture(first, last, measure().text + 480, first * high, (last - first) * high));
    }
    drawing.replaceChildren(room, ...pieces);
    return;
  }
  const width = Math.max(drawing.clientWidth - 2, measure().text + 560);
  const first = Math.max(0, Math.floor(drawing.scrollTop / high) - 4);
  const last = Math.min(count, Math.ceil((drawing.scrollTop + drawing.clientHeight) / high) + 4);
  room.style.height = `${total}px`;
  drawing.replaceChildren(room, rowsPicture(first, last, width, 0, total));
}

const redrawGraph = once(drawGraph);

function relayGraph() {
  layRows();
  redrawGraph();
}
