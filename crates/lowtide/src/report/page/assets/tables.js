// Tables: sorted by a click on a heading, copied, or saved as CSV.
const FIRST_ROWS = 60;

function tablesOf() {
  const list = [];
  const number = (title, of) => ({ title, of, number: true });
  const name = (title, of) => ({ title, of });
  data.sides.forEach((side) => {
    list.push({
      id: `steps-${side.label.replace(" ", "-")}`, title: `Steps, ${side.label}`,
      rows: side.steps.map((row, step) => ({ ...row, step })),
      strong: (row) => row.live_bytes === side.peak_bytes,
      columns: [number("step", (row) => row.step), number("operator index", (row) => row.operator_index), name("operator", (row) => row.operator),
        number("live bytes", (row) => row.live_bytes), name("writes", (row) => row.writes.map((place) => side.tensors[place].name).join(" "))],
    });
    list.push({
      id: `tensors-${side.label.replace(" ", "-")}`, title: `Tensors, ${side.label}`,
      rows: side.tensors.map((tensor, place) => ({ ...tensor, place })),
      columns: [name("tensor", (row) => row.name), number("bytes", (row) => row.bytes), name("array", (row) => row.array),
        number("first step", (row) => row.start), number("last step", (row) => row.end - 1),
        ...side.arenas.map((plan) => number(plan.is_the_runtimes ? "offset, runtime" : "offset, lowtide", (row) => plan.offsets[row.place]))],
    });
  });
  if (data.rewrites.length > 0) {
    list.push({
      id: "rewrites", title: "Rewrites", rows: data.rewrites.flatMap((rule) => rule.sites.map((site) => ({ ...rule, ...site }))),
      columns: [name("rule", (row) => row.rule), name("exactness", (row) => row.exactness), number("operator index", (row) => row.operator_index),
        name("operator", (row) => row.operator), number("bytes won", (row) => row.won_bytes)],
    });
  }
  if (data.orders.length > 0) {
    list.unshift({
      id: "orders", title: "Orders", rows: data.orders,
      columns: [name("order", (row) => row.name), number("peak bytes", (row) => row.peak_bytes), number("bound bytes", (row) => row.bound_bytes),
        name("proof", (row) => row.proof || ""), number("states", (row) => row.states), number("seconds", (row) => Number(row.seconds.toFixed(6)))],
    });
  }
  return list;
}

function sorted(table) {
  if (table.by === undefined) return table.rows;
  const { of, number } = table.columns[table.by];
  const compare = number ? (a, b) => of(a) - of(b) : (a, b) => of(a).localeCompare(of(b));
  const rows = [...table.rows].sort(compare);
  return table.down ? rows.reverse() : rows;
}

function separated(table, mark) {
  // What begins like a formula is kept text.
  const guard = (text) => (/^[=+\-@]/.test(text) ? `'${text}` : text);
  const field = (column, row) => (column.number ? String(column.of(row)) : mark === "," ? `"${guard(column.of(row)).replaceAll('"', '""')}"` : column.of(row).replace(/[\t\r\n]/g, " "));
  const lines = sorted(table).map((row) => table.columns.map((column) => field(column, row)).join(mark));
  return `${[table.columns.map((column) => column.title).join(mark), ...lines].join("\n")}\n`;
}

async function copy(text, button) {
  const words = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = make("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = words; }, 1200);
}

function saveCsv(table) {
  const address = URL.createObjectURL(new Blob([separated(table, ",")], { type: "text/csv" }));
  make("a", { href: address, download: `${table.id}.csv` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

function sortBy(table, column) {
  table.down = table.by === column ? !table.down : Boolean(table.columns[column].number);
  table.by = column;
  fill(table);
}

function fill(table) {
  const rows = sorted(table);
  const shown = table.whole ? rows : rows.slice(0, FIRST_ROWS);
  const line = (row) => {
    const cells = table.columns.map((column) => make("td", { class: column.number ? "number" : "name" }, String(column.of(row))));
    return make("tr", table.strong && table.strong(row) ? { class: "peak" } : {}, ...cells);
  };
  table.body.replaceChildren(...shown.map(line));
  table.more.hidden = shown.length === rows.length;
  table.heads.forEach((head, column) => head.setAttribute("aria-sort", table.by !== column ? "none" : table.down ? "descending" : "ascending"));
}

function heading(table, column, index) {
  const button = make("button", { type: "button" }, column.title);
  button.addEventListener("click", () => sortBy(table, index));
  return make("th", { class: column.number ? "number" : "", scope: "col" }, button);
}

function build(table) {
  const button = (words, work) => {
    const element = make("button", { type: "button" }, words);
    element.addEventListener("click", () => work(element));
    return element;
  };
  table.heads = table.columns.map((column, index) => heading(table, column, index));
  table.body = make("tbody");
  table.more = button(`Show all ${table.rows.length}`, () => { table.whole = true; fill(table); });
  const controls = make("p", { class: "controls" }, button("Copy", (self) => copy(separated(table, "\t"), self)), button("CSV", () => saveCsv(table)), table.more);
  const content = make("div", { class: "scroll" }, make("table", {}, make("thead", {}, make("tr", {}, ...table.heads)), table.body));
  const details = make("details", { id: `table-${table.id}` }, make("summary", {}, `${table.title} (${table.rows.length})`), controls, content);
  details.addEventListener("toggle", () => { if (details.open && !table.body.firstChild) fill(table); });
  return details;
}

function startTables() {
  const tables = tablesOf();
  find("#tables").append(...tables.map(build));
  const first = find(`#table-${data.orders.length > 0 ? "orders" : tables[Math.min(2, tables.length - 1)].id}`);
  first.open = true;
}
