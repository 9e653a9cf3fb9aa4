// Text with its mathematics typeset as MathML, by Temml; whatever cannot be read stays as it is.
import { useLayoutEffect, useRef } from "preact/hooks";
import temml from "temml";

const LONGEST = 2000; // characters of one formula
const MOST = 200; // formulas of one text
// Hostile input: nothing trusted, few macros, no giant rules, and errors are ours to catch.
const OPTIONS = { throwOnError: true, trust: false, strict: false, maxExpand: 200, maxSize: [20, 40] };
const SPACES = /^\s|\s$/;

// Where the brace that opens at `start` closes; -1 where it does not.
function closing(text, start) {
  let depth = 0;
  for (let at = start; at < text.length && at - start < LONGEST; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === "{") depth += 1;
    else if (text[at] === "}" && --depth === 0) return at;
  }
  return -1;
}

function formulaAt(text, at) {
  const two = text.slice(at, at + 2);
  const end = two === "$$" ? "$$" : two === "\\[" ? "\\]" : two === "\\(" ? "\\)" : null;
  if (end) {
    const stop = text.indexOf(end, at + 2);
    if (stop < 0 || stop - at > LONGEST) return null;
    return { tex: text.slice(at + 2, stop), stop: stop + 2, display: end !== "\\)" };
  }
  if (text[at] === "$") {
    // As Pandoc reads it: "it costs $5 or $6" is no formula.
    const stop = text.indexOf("$", at + 1);
    const tex = stop < 0 ? "" : text.slice(at + 1, stop);
    if (!tex || tex.length > LONGEST || SPACES.test(tex) || tex.includes("\n\n")) return null;
    if (/\d/.test(text[stop + 1] ?? "")) return null;
    return { tex, stop: stop + 1, display: false };
  }
  const boxed = /^\\(?:boxed|fbox|frac|sqrt|text)\s*\{/.exec(text.slice(at, at + 12));
  if (boxed) {
    let stop = closing(text, at + boxed[0].length - 1);
    if (stop > 0 && boxed[0].startsWith("\\frac")) {
      stop = text[stop + 1] === "{" ? closing(text, stop + 1) : -1;
    }
    if (stop < 0) return null;
    return { tex: text.slice(at, stop + 1), stop: stop + 1, display: false };
  }
  const begun = /^\\begin\{([a-z]+\*?)\}/.exec(text.slice(at, at + 30));
  if (begun) {
    const end_ = `\\end{${begun[1]}}`;
    const stop = text.indexOf(end_, at);
    if (stop < 0 || stop - at > LONGEST) return null;
    return { tex: text.slice(at, stop + end_.length), stop: stop + end_.length, display: true };
  }
  return null;
}

export function parts(text) {
  const found = [];
  let last = 0;
  for (let at = 0; at < text.length && found.length < 2 * MOST; at += 1) {
    if (text[at] !== "$" && text[at] !== "\\") continue;
    const formula = formulaAt(text, at);
    if (formula) {
      if (at > last) found.push(text.slice(last, at));
      found.push(formula);
      last = formula.stop;
      at = last - 1;
    } else if (text[at] === "\\") at += 1; // an escaped character opens nothing
  }
  if (last < text.length) found.push(text.slice(last));
  return found;
}

function drawn(formula, source) {
  const place = document.createElement("span");
  place.className = formula.display ? "formula display" : "formula";
  try {
    temml.render(formula.tex, place, { ...OPTIONS, displayMode: formula.display });
    for (const one of place.querySelectorAll("*")) {
      one.removeAttribute("id"); // a label of a stranger is no anchor of this page
      one.removeAttribute("href");
    }
    place.title = source;
  } catch {
    place.className = "";
    place.textContent = source;
  }
  return place;
}

export function Typeset({ text, on = true }) {
  const place = useRef(null);
  useLayoutEffect(() => {
    if (!on) return;
    let at = 0;
    const nodes = parts(text).map((part) => {
      if (typeof part === "string") {
        at += part.length;
        return document.createTextNode(part);
      }
      const source = text.slice(at, part.stop);
      at = part.stop;
      return drawn(part, source);
    });
    place.current.replaceChildren(...nodes);
  }, [text, on]);
  return on ? <span key="typeset" ref={place} /> : <span key="plain">{text}</span>;
}
