// Everything begins here.
function redrawAll() {
  themes.clear();
  redrawMemory();
  redrawMaps();
  redrawGraph();
}

function switchTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  redrawAll();
}

// Paper is white; pictures are drawn anew for its width, the graph as far as it is unfolded.
let themeOnScreen;
function paper(printing) {
  const root = document.documentElement;
  if (printing) {
    themeOnScreen = root.dataset.theme;
    root.dataset.theme = "light";
  } else if (themeOnScreen) root.dataset.theme = themeOnScreen;
  else delete root.dataset.theme;
  themes.clear();
  paperSize = printing ? [720, 190] : null;
  graph.paper = printing;
  data.sides.forEach((_, at) => drawMemory(at));
  maps.forEach(drawMap);
  drawGraph();
}

if (data.sides.every((side) => side.steps.length > 0)) {
  startMemory();
  startMaps();
  startGraph();
  startTables();
  redrawAll();
  addEventListener("resize", redrawAll);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redrawAll);
  addEventListener("beforeprint", () => paper(true));
  addEventListener("afterprint", () => paper(false));
} else {
  for (const id of ["memory", "arenas", "graph", "tables"]) document.getElementById(id).hidden = true;
}
find("#theme").addEventListener("click", switchTheme);
