// Brings the tables and charts of a page to life. Without this script a page tells its story too.
import { render } from "preact";
import { startChart } from "./chart.js";
import { decode } from "./data.js";
import { Explorer } from "./explorer.jsx";

async function start(place) {
  const block = document.getElementById(place.dataset.explorer);
  try {
    const data = await decode(block.textContent);
    block.remove(); // the text is not needed twice
    place.replaceChildren();
    render(<Explorer data={data} />, place);
    place.dataset.ready = "yes";
  } catch (error) {
    place.textContent = `This browser cannot open the table: ${error.message}.`;
    console.error(error);
  }
}

for (const chart of document.querySelectorAll("svg[data-places]")) startChart(chart);
for (const place of document.querySelectorAll("[data-explorer]")) start(place);
