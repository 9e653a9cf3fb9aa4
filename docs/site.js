// What the theme makes while a page is read gets a name, and can be reached by the Tab key.
(() => {
  const mend = () => {
    document.querySelectorAll("nav.md-code__nav:not([aria-label])").forEach((nav, number) => {
      const block = nav.closest("[id]")?.id ?? nav.parentElement?.querySelector("[id]")?.id ?? "";
      nav.setAttribute("aria-label", `Code ${block || `${number}-${performance.now()}`}`);
    });
    document.querySelectorAll(".md-typeset__scrollwrap:not([tabindex])").forEach((wrap) => {
      wrap.setAttribute("tabindex", "0");
      wrap.setAttribute("role", "group");
      wrap.setAttribute("aria-label", wrap.querySelector("th")?.textContent.trim() || "Table");
    });
  };
  new MutationObserver(mend).observe(document.documentElement, { childList: true, subtree: true });
  document.addEventListener("DOMContentLoaded", mend);
})();
