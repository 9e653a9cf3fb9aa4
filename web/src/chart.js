// Values of a chart on hover, and by the arrow keys: the chart is a slider over its places.
const SPACE = "http://www.w3.org/2000/svg";

function drawn(name, attributes) {
  const made = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

// The data of a chart: places from left to right, each with what is told there; see charts.py.
function places(chart) {
  const found = JSON.parse(chart.dataset.places);
  return found.at.map((x, place) => ({ x, told: found.told[place] }));
}

export function startChart(chart) {
  const all = places(chart);
  if (!all.length) return;
  const title = chart.getAttribute("aria-label");
  const [, , width, height] = chart.getAttribute("viewBox").split(" ").map(Number);
  const mark = drawn("line", { class: "cursor", y1: 4, y2: height - 34, visibility: "hidden" });
  chart.append(mark);
  const words = document.createElement("output");
  words.className = "told";
  chart.after(words);
  let at = -1;

  function show(place) {
    at = Math.max(0, Math.min(all.length - 1, place));
    mark.setAttribute("x1", all[at].x);
    mark.setAttribute("x2", all[at].x);
    mark.setAttribute("visibility", "visible");
    words.textContent = all[at].told;
    chart.setAttribute("aria-valuenow", String(at + 1));
    chart.setAttribute("aria-valuetext", all[at].told);
  }

  function hide() {
    mark.setAttribute("visibility", "hidden");
    words.textContent = "";
  }

  chart.setAttribute("role", "slider");
  chart.setAttribute("tabindex", "0");
  chart.setAttribute("aria-label", `${title}; the arrow keys read its values`);
  chart.setAttribute("aria-valuemin", "1");
  chart.setAttribute("aria-valuemax", String(all.length));
  chart.setAttribute("aria-valuenow", "1");
  chart.setAttribute("aria-valuetext", all[0].told);

  chart.addEventListener("pointermove", (event) => {
    const box = chart.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * width;
    let nearest = 0;
    for (let place = 1; place < all.length; place += 1) {
      if (Math.abs(all[place].x - x) < Math.abs(all[nearest].x - x)) nearest = place;
    }
    show(nearest);
  });
  chart.addEventListener("pointerleave", () => chart !== document.activeElement && hide());
  chart.addEventListener("focus", () => show(at < 0 ? 0 : at));
  chart.addEventListener("blur", hide);
  chart.addEventListener("keydown", (event) => {
    const steps = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 };
    if (event.key in steps) show(at + steps[event.key]);
    else if (event.key === "Home") show(0);
    else if (event.key === "End") show(all.length - 1);
    else if (event.key === "Escape") hide();
    else return;
    event.preventDefault();
  });
}
