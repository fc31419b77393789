// What hands do with the graph: fold, zoom, search, walk.
function search(query) {
  const side = graphSide();
  graph.query = query;
  const wanted = query.trim().toLowerCase();
  // What nobody writes is found where it is read.
  const touched = (row) => [...row.writes, ...row.reads.filter((place) => graph.inputs.has(place))];
  const names = (row) => [`${row.operator} @${row.operator_index}`, ...touched(row).map((place) => side.tensors[place].name)];
  const fits = (row) => names(row).some((name) => name.toLowerCase().includes(wanted));
  graph.matches = wanted ? side.steps.flatMap((row, step) => (fits(row) ? [step] : [])) : [];
  graph.match = -1;
  find("#found").textContent = wanted ? "none found" : "";
  if (graph.matches.length > 0) goToNext(1);
  else redrawGraph();
}

function goToNext(by) {
  const count = graph.matches.length;
  if (count === 0) return;
  graph.match = (graph.match + by + count) % count;
  find("#found").textContent = `${graph.match + 1} of ${count}`;
  goToStep(graph.matches[graph.match]);
}

function goToStep(step) {
  graph.folded.delete(graphSide().cells.findIndex(({ first, end }) => first <= step && step < end));
  layRows();
  graph.cursor = graph.rowOf[step];
  find(".room", find("#drawing")).style.height = `${graph.rows.length * rowHeight() + 8}px`;
  find("#drawing").scrollTop = graph.rowOf[step] * rowHeight() - 120;
  redrawGraph();
}

function foldAll(folded) {
  graph.folded = new Set(folded ? graphSide().cells.keys() : []);
  graph.cursor = -1;
  relayGraph();
}

function showSide(at) {
  graph.at = at;
  graph.near = -1;
  const side = graphSide();
  graph.inputs = new Set(side.tensors.keys());
  side.steps.forEach((row) => row.writes.forEach((place) => graph.inputs.delete(place)));
  find("#graph .sides").querySelectorAll("button").forEach((button, index) => button.setAttribute("aria-pressed", String(index === at)));
  foldAll(side.steps.length > MANY);
  if (graph.query) search(graph.query);
}

function zoom(factor) {
  graph.scale = Math.max(0.25, Math.min(2.5, graph.scale * factor));
  redrawGraph();
}

function useRow(index) {
  const row = graph.rows[index];
  if (!row) return;
  graph.cursor = index;
  if (row.head || row.folded) foldCell(row, !row.folded);
  else {
    graph.near = row.first;
    select(graph.at, row.first, true);
    redrawGraph();
  }
}

function foldCell(row, folded) {
  if (folded) graph.folded.add(row.cell);
  else graph.folded.delete(row.cell);
  layRows();
  graph.cursor = graph.rows.findIndex((other) => other.cell === row.cell);
  redrawGraph();
}

// Up and down go from row to row, left and right fold and unfold, Enter does what a click does.
function graphKeys(event) {
  const [drawing, last] = [find("#drawing"), graph.rows.length - 1];
  const goals = { ArrowDown: graph.cursor + 1, ArrowUp: graph.cursor - 1, Home: 0, End: last };
  const row = graph.rows[graph.cursor];
  if (event.key in goals) {
    graph.cursor = Math.max(0, Math.min(last, goals[event.key]));
    const top = graph.cursor * rowHeight();
    if (top < drawing.scrollTop) drawing.scrollTop = top;
    if (top + rowHeight() > drawing.scrollTop + drawing.clientHeight) drawing.scrollTop = top + rowHeight() - drawing.clientHeight;
    redrawGraph();
  } else if (event.key === "Enter" || event.key === " ") useRow(graph.cursor);
  else if (event.key === "ArrowLeft" && row && !row.folded) foldCell(row, true);
  else if (event.key === "ArrowRight" && row && row.folded) foldCell(row, false);
  else return;
  event.preventDefault();
}

function startSearch() {
  find("#search").addEventListener("input", (event) => search(event.target.value));
  find("#search").addEventListener("keydown", (event) => {
    if (event.key === "Enter") goToNext(event.shiftKey ? -1 : 1);
    if (event.key === "Escape") { event.target.value = ""; search(""); }
  });
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
  drawing.addEventListener("keydown", graphKeys);
  drawing.addEventListener("click", (event) => {
    const element = event.target.closest("[data-row]");
    if (element) useRow(Number(element.dataset.row));
  });
  drawing.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15);
  }, { passive: false });
  startSearch();
  find("#fold").addEventListener("click", () => foldAll(true));
  find("#unfold").addEventListener("click", () => foldAll(false));
  find("#smaller").addEventListener("click", () => zoom(1 / 1.3));
  find("#larger").addEventListener("click", () => zoom(1.3));
  showSide(graph.at);
}
