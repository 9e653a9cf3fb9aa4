// Which rows are shown, in which order, and how many there would be: no markup in here.

export function nothingChosen() {
  return { choices: {}, least: {}, most: {}, words: "", sort: null, down: false };
}

function tests(columns, chosen, without) {
  const found = [];
  for (const one of columns) {
    if (one.name === without) continue;
    const choice = chosen.choices[one.name];
    if (choice !== undefined && choice !== "") {
      const wanted = Number(choice);
      found.push((row) => one.data[row] === wanted);
    }
    const least = chosen.least[one.name];
    if (least !== undefined && least !== "") {
      const bound = Number(least);
      found.push((row) => one.data[row] !== null && one.data[row] >= bound);
    }
    const most = chosen.most[one.name];
    if (most !== undefined && most !== "") {
      const bound = Number(most);
      found.push((row) => one.data[row] !== null && one.data[row] <= bound);
    }
  }
  return found;
}

// What is searched for stands in any searched column, whatever the case of its letters.
function search(columns, words) {
  const wanted = words.trim();
  if (!wanted) return null;
  const pattern = new RegExp(wanted.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "i");
  const parts = columns
    .filter((one) => one.search)
    .map((one) => {
      if (one.kind === "text") return (row) => one.data[row] && pattern.test(one.data[row]);
      const hits = one.values.map((value) => pattern.test(value)); // each value once
      return (row) => hits[one.data[row]];
    });
  return (row) => parts.some((part) => part(row));
}

export function choose(data, chosen) {
  const found = tests(data.columns, chosen);
  const seek = search(data.columns, chosen.words);
  if (seek) found.push(seek); // last, since it takes longest
  const rows = [];
  for (let row = 0; row < data.rows; row += 1) if (found.every((test) => test(row))) rows.push(row);
  const by = data.columns.find((one) => one.name === chosen.sort);
  if (by) order(rows, by, chosen.down);
  return rows;
}

// Rows without a value come last, whichever way the others are ordered; ties keep their order.
function order(rows, by, down) {
  const way = down ? -1 : 1;
  const compare =
    by.kind === "number"
      ? (a, b) => a - b
      : (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  rows.sort((first, second) => {
    const [a, b] = [by.value(first), by.value(second)];
    if (a === null || b === null) return (a === null) - (b === null);
    return way * compare(a, b);
  });
}

// How many rows each choice of a filter would leave, all other filters as they are.
export function counts(data, chosen, name, seek) {
  const found = tests(data.columns, chosen, name);
  const one = data.columns.find((column) => column.name === name);
  const numbers = new Array(one.values.length).fill(0);
  for (let row = 0; row < data.rows; row += 1)
    if (one.data[row] >= 0 && found.every((test) => test(row)) && (!seek || seek.has(row)))
      numbers[one.data[row]] += 1;
  return numbers;
}

export function seeking(data, words) {
  const seek = search(data.columns, words);
  if (!seek) return null;
  const found = new Set();
  for (let row = 0; row < data.rows; row += 1) if (seek(row)) found.add(row);
  return found;
}
