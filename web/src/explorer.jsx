// A table of thousands of rows: filters, search, a slider, order, pages, and each row in full.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Completion } from "./completion.jsx";
import { choose, counts, nothingChosen, seeking } from "./rows.js";
import { Typeset } from "./typeset.jsx";

const PAGE = 25; // rows
const CALM = 150; // milliseconds after a key, before the search begins
const MOST_CHOICES = 200; // of one filter: a longer list is no choice
const SNIPPET = 160; // characters of a text in the table
const number = (value) => value.toLocaleString("en");

function useCalm(value) {
  const [calm, setCalm] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setCalm(value), CALM);
    return () => clearTimeout(timer);
  }, [value]);
  return calm;
}

// Narrow screens leave optional columns out: of the table itself, so that its columns are counted.
function useNarrow() {
  const query = useMemo(() => matchMedia("(max-width: 34rem)"), []);
  const [narrow, setNarrow] = useState(query.matches);
  useEffect(() => {
    const told = () => setNarrow(query.matches);
    query.addEventListener("change", told);
    return () => query.removeEventListener("change", told);
  }, [query]);
  return narrow;
}

function Choice({ column, chosen, numbers, onChoose }) {
  return (
    <label>
      <span>{column.label}</span>
      <select value={chosen} onChange={(event) => onChoose(event.currentTarget.value)}>
        <option value="">all</option>
        {column.values.map((value, at) => (
          <option key={at} value={String(at)} disabled={!numbers[at] && chosen !== String(at)}>
            {value} ({number(numbers[at])})
          </option>
        ))}
      </select>
    </label>
  );
}

function Bounds({ column, least, most, onLeast, onMost }) {
  const box = (what, value, told) => (
    <input
      type="number"
      step="any"
      value={value}
      placeholder={what}
      aria-label={`${column.label}, ${what}`}
      onInput={(event) => told(event.currentTarget.value)}
    />
  );
  return (
    <div class="bounds" role="group" aria-label={column.label}>
      <span>{column.label}</span>
      {box("at least", least, onLeast)}
      {box("at most", most, onMost)}
    </div>
  );
}

// One value at a time of a column such as the training step, with the share of right rows at each.
function Slider({ data, column, rows, chosen, onChoose }) {
  const values = useMemo(() => {
    const found = new Set(column.data.filter((value) => value !== null));
    return [...found].sort((a, b) => a - b);
  }, [column]);
  const good = data.columns.find((one) => one.name === data.good);
  const shares = useMemo(() => {
    const all = new Map();
    const right = new Map();
    for (const row of rows) {
      const at = column.data[row];
      all.set(at, (all.get(at) ?? 0) + 1);
      if (good && good.data[row] === 0) right.set(at, (right.get(at) ?? 0) + 1);
    }
    return values.map((value) => (all.get(value) ? (right.get(value) ?? 0) / all.get(value) : null));
  }, [rows, values]);
  if (values.length < 2) return null;
  const at = chosen === "" ? -1 : values.indexOf(Number(chosen));
  const word = at < 0 ? `all ${column.label}s` : `${column.label} ${values[at]}`;
  const share = at >= 0 && shares[at] !== null ? `, ${Math.round(100 * shares[at])} % right` : "";
  return (
    <div class="slider">
      <label>
        <span>
          {word}
          {share}
        </span>
        <input
          type="range"
          min={-1}
          max={values.length - 1}
          value={at}
          aria-valuetext={word + share}
          onInput={(event) => {
            const place = Number(event.currentTarget.value);
            onChoose(place < 0 ? "" : String(values[place]));
          }}
        />
      </label>
      {good && (
        <span class="note">share {good.values[0]} at each, of what is chosen:</span>
      )}
      {good && (
        <svg viewBox={`0 0 ${values.length} 10`} preserveAspectRatio="none" aria-hidden="true">
          {shares.map(
            (one, place) =>
              one !== null && (
                <rect
                  key={place}
                  class={place === at ? "at" : ""}
                  x={place + 0.1}
                  width={0.8}
                  y={10 - Math.max(0.3, 10 * one)}
                  height={Math.max(0.3, 10 * one)}
                />
              ),
          )}
        </svg>
      )}
    </div>
  );
}

function Summary({ data, rows }) {
  const good = data.columns.find((one) => one.name === data.good);
  const parts = [`${number(rows.length)} of ${number(data.rows)} ${data.noun}`];
  if (good && rows.length) {
    const right = rows.reduce((sum, row) => sum + (good.data[row] === 0), 0);
    parts.push(`${((100 * right) / rows.length).toFixed(1)} % ${good.values[0]}`);
  }
  return (
    <p class="summary" role="status">
      {parts.join(", ")}
    </p>
  );
}

function Cell({ column, row, maths }) {
  const text = column.write(row);
  if (column.tones) {
    const tone = column.tones[column.data[row]];
    return text ? <span class={`badge ${tone ?? "unasked"}`}>{text}</span> : null;
  }
  if (column.kind !== "text" && column.kind !== "name") return text;
  const short = text.length > SNIPPET ? `${text.slice(0, SNIPPET)} …` : text;
  return <Typeset text={short} on={maths && column.maths} />;
}

function Fields({ data, row, maths }) {
  return (
    <dl>
      {data.columns.map((one) => {
        const text = one.write(row);
        if (!text || one.hidden) return null;
        return [
          <dt key={`${one.name}-name`}>{one.label}</dt>,
          <dd key={one.name} class="whole">
            <Typeset text={text} on={maths && one.maths} />
          </dd>,
        ];
      })}
    </dl>
  );
}

const DETAILS = { completions: Completion };

export function Explorer({ data }) {
  const [chosen, setChosen] = useState(nothingChosen);
  const [page, setPage] = useState(0);
  const [open, setOpen] = useState(null);
  const [maths, setMaths] = useState(true);
  const table = useRef(null);
  const words = useCalm(chosen.words);
  const asked = { ...chosen, words };
  const key = JSON.stringify(asked);
  const rows = useMemo(() => choose(data, asked), [data, key]);
  const seek = useMemo(() => seeking(data, words), [data, words]);
  const filters = data.columns.filter((one) => one.filter);
  const choices = filters.filter(
    (one) => one.kind === "choice" && one.values.length > 1 && one.values.length <= MOST_CHOICES,
  );
  const sizes = useMemo(
    () => choices.map((one) => counts(data, asked, one.name, seek)),
    [data, key, seek],
  );
  const slider = data.columns.find((one) => one.slider);
  // The bars of the slider show all of its values, whichever is chosen.
  const beside = useMemo(() => {
    if (!slider) return rows;
    const { [slider.name]: _, ...choices_ } = chosen.least;
    const { [slider.name]: __, ...most } = chosen.most;
    return choose(data, { ...asked, least: choices_, most, sort: null });
  }, [data, key]);
  const narrow = useNarrow();
  const shown = data.columns.filter((one) => one.shown && !(narrow && one.optional));
  const pages = Math.max(1, Math.ceil(rows.length / PAGE));
  const at = Math.min(page, pages - 1);
  const visible = rows.slice(at * PAGE, (at + 1) * PAGE);
  const Detail = DETAILS[data.kind] ?? Fields;

  const change = (part) => {
    setChosen((old) => ({ ...old, ...part }));
    setPage(0);
    setOpen(null);
  };
  const within = (name, column, value) => change({ [name]: { ...chosen[name], [column]: value } });
  const turn = (to) => {
    setPage(Math.max(0, Math.min(pages - 1, to)));
    setOpen(null);
  };
  // Arrows go from row to row, as in a list.
  const move = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape" && open !== null) {
      setOpen(null);
      return;
    }
    if (!step || event.target.tagName !== "BUTTON") return;
    const buttons = [...table.current.querySelectorAll("button.row")];
    const next = buttons[buttons.indexOf(event.target) + step];
    if (next) {
      event.preventDefault();
      next.focus();
    }
  };
  const changed = key !== JSON.stringify(nothingChosen());

  return (
    <div class="explorer">
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <label class="search">
          <span>search</span>
          <input
            type="search"
            value={chosen.words}
            onInput={(event) => change({ words: event.currentTarget.value })}
          />
        </label>
        {choices.map((one, place) => (
          <Choice
            key={one.name}
            column={one}
            chosen={chosen.choices[one.name] ?? ""}
            numbers={sizes[place]}
            onChoose={(value) => within("choices", one.name, value)}
          />
        ))}
        {filters
          .filter((one) => one.kind === "number")
          .map((one) => (
            <Bounds
              key={one.name}
              column={one}
              least={chosen.least[one.name] ?? ""}
              most={chosen.most[one.name] ?? ""}
              onLeast={(value) => within("least", one.name, value)}
              onMost={(value) => within("most", one.name, value)}
            />
          ))}
        {data.columns.some((one) => one.maths) && (
          <label class="tick">
            <input
              type="checkbox"
              checked={maths}
              onChange={(event) => setMaths(event.currentTarget.checked)}
            />{" "}
            typeset mathematics
          </label>
        )}
        <button type="button" disabled={!changed} onClick={() => change(nothingChosen())}>
          clear
        </button>
      </form>
      {slider && (
        <Slider
          data={data}
          column={slider}
          rows={beside}
          chosen={chosen.least[slider.name] ?? ""}
          onChoose={(value) =>
            change({
              least: { ...chosen.least, [slider.name]: value },
              most: { ...chosen.most, [slider.name]: value },
            })
          }
        />
      )}
      <Summary data={data} rows={rows} />
      <div class="scroll" tabIndex={0} role="group" aria-label={data.title}>
        <table ref={table} onKeyDown={move}>
          <caption class="unseen">{data.title}</caption>
          <thead>
            <tr>
              {shown.map((one) => {
                const sorted = chosen.sort === one.name;
                return (
                  <th
                    key={one.name}
                    scope="col"
                    class={one.kind}
                    aria-sort={sorted ? (chosen.down ? "descending" : "ascending") : undefined}
                  >
                    <button
                      type="button"
                      class="head"
                      title={one.meaning ?? undefined}
                      onClick={() =>
                        change({ sort: one.name, down: sorted ? !chosen.down : one.kind === "number" })
                      }
                    >
                      {one.label}
                      <span aria-hidden="true">{sorted ? (chosen.down ? " ▾" : " ▴") : ""}</span>
                    </button>
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {visible.map((row) => [
              <tr key={row} class={open === row ? "open" : ""}>
                {shown.map((one, place) => {
                  const inside = <Cell column={one} row={row} maths={maths} />;
                  if (place) return <td key={one.name} class={one.kind}>{inside}</td>;
                  return (
                    <th key={one.name} class={one.kind} scope="row">
                      <button
                        type="button"
                        class="row"
                        aria-expanded={open === row}
                        onClick={() => setOpen(open === row ? null : row)}
                      >
                        {one.write(row) || "open"}
                      </button>
                    </th>
                  );
                })}
              </tr>,
              open === row && (
                <tr key={`${row}-open`} class="detail">
                  <td colSpan={shown.length}>
                    <Detail data={data} row={row} maths={maths} />
                  </td>
                </tr>
              ),
            ])}
          </tbody>
        </table>
      </div>
      {pages > 1 && (
        <nav class="pages" aria-label={`Pages of ${data.title}`}>
          <button type="button" disabled={at === 0} onClick={() => turn(0)}>first</button>
          <button type="button" disabled={at === 0} onClick={() => turn(at - 1)}>previous</button>
          <span>
            page {number(at + 1)} of {number(pages)}
          </span>
          <button type="button" disabled={at === pages - 1} onClick={() => turn(at + 1)}>next</button>
          <button type="button" disabled={at === pages - 1} onClick={() => turn(pages - 1)}>last</button>
        </nav>
      )}
    </div>
  );
}
