// The data, and how figures are said.
const data = JSON.parse(document.getElementById("data").textContent);
const find = (selector, within = document) => within.querySelector(selector);

function kib(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1048576 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1048576).toFixed(2)} MiB`;
}

function stepWords(side, step) {
  const row = side.steps[step];
  return `step ${step}: ${row.operator} @${row.operator_index}, ${row.live_bytes} bytes (${kib(row.live_bytes)}) live`;
}

function tensorWords(tensor) {
  const array = tensor.array ? `${tensor.array}, ` : "";
  return `${array}${tensor.bytes} bytes (${kib(tensor.bytes)}), steps ${tensor.start} to ${tensor.end - 1}`;
}

// Who is alive at a step, biggest first, as places in the side's tensors.
function aliveAt(side, step) {
  const places = [];
  side.tensors.forEach((tensor, place) => {
    if (tensor.start <= step && step < tensor.end) places.push(place);
  });
  return places.sort((a, b) => side.tensors[b].bytes - side.tensors[a].bytes);
}

// An element; text is always text, never markup.
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function once(work) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; work(); });
  };
}
