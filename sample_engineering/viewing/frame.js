// Shows the page of a run, and shows it anew when the run has written something: at the same place.
"use strict";
(() => {
  const frame = document.querySelector("iframe");
  const state = document.getElementById("state");
  const name = frame.dataset.name;
  let mark = frame.dataset.mark;
  const source = new EventSource("/events");
  source.addEventListener("list", (event) => {
    const entry = JSON.parse(event.data).entries.find((one) => one.name === name);
    if (!entry) {
      state.textContent = "it is gone";
      return;
    }
    state.textContent = entry.told;
    if (entry.mark === mark) return;
    mark = entry.mark;
    const { scrollX, scrollY } = frame.contentWindow;
    const open = [...frame.contentDocument.querySelectorAll("details")].map((one) => one.open);
    frame.addEventListener(
      "load",
      () => {
        frame.contentDocument.querySelectorAll("details").forEach((one, place) => {
          if (open[place]) one.open = true;
        });
        frame.contentWindow.scrollTo(scrollX, scrollY);
      },
      { once: true },
    );
    frame.contentWindow.location.reload();
  });
  source.addEventListener("error", () => {
    state.textContent = "the server does not answer; is se view still running?";
  });
})();
