// Keeps the list of runs as it is now: asks the server that the page came from, and nobody else.
"use strict";
(() => {
  const body = document.querySelector("#runs tbody");
  const said = document.getElementById("live");
  const ages = [[60, "s"], [3600, "min"], [86400, "h"], [Infinity, "d"]];
  const units = { s: 1, min: 60, h: 3600, d: 86400 };
  const age = (seconds) => {
    const [, unit] = ages.find(([limit]) => seconds < limit);
    return `${Math.max(0, Math.floor(seconds / units[unit]))} ${unit}`;
  };
  const cell = (name, text, label) => {
    const made = document.createElement(name);
    made.textContent = text;
    if (label) made.className = label;
    return made;
  };
  // Ages grow between two messages, by the server's clock.
  let entries = [];
  let ahead = 0;
  const since = (entry) => `${age(Date.now() / 1000 + ahead - entry.changed)} ago`;
  const row = (entry) => {
    const made = document.createElement("tr");
    const first = document.createElement("th");
    first.scope = "row";
    if (entry.href) {
      const link = cell("a", entry.name);
      link.href = entry.href;
      first.append(link);
    } else first.textContent = entry.name;
    if (entry.about) first.append(cell("span", entry.about, "under"));
    if (entry.verdict) first.append(cell("span", entry.verdict, "verdict-line"));
    const state = document.createElement("td");
    state.append(cell("span", entry.state, `badge ${entry.tone}`));
    state.append(cell("span", since(entry), "under"));
    made.append(first, state);
    made.dataset.name = entry.name;
    return made;
  };
  const show = () => {
    const focused = document.activeElement?.closest?.("tr")?.dataset.name;
    body.replaceChildren(...entries.map(row));
    for (const one of body.rows)
      if (focused !== undefined && one.dataset.name === focused) one.querySelector("a")?.focus();
  };
  const source = new EventSource("/events");
  source.addEventListener("list", (event) => {
    const message = JSON.parse(event.data);
    ahead = message.now - Date.now() / 1000;
    entries = message.entries;
    document.getElementById("number").textContent = message.number;
    said.textContent = "live";
    show();
  });
  source.addEventListener("error", () => {
    said.textContent = "the server does not answer; is se view still running?";
  });
  setInterval(() => {
    [...body.rows].forEach((one, place) => {
      const entry = entries[place];
      if (entry) one.lastElementChild.lastElementChild.textContent = since(entry);
    });
  }, 1000);
})();
