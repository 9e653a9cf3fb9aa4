// A block of data in the page: columns as JSON, deflated, in base64.

export async function decode(text) {
  const bytes = Uint8Array.from(atob(text.trim()), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const data = JSON.parse(await new Response(stream).text());
  return { ...data, columns: data.columns.map(column) };
}

// A column knows how to give a row's value, and how it is written.
function column(raw) {
  const { kind, data, values } = raw;
  const value =
    kind === "choice" || kind === "name" ? (row) => values[data[row]] ?? null : (row) => data[row];
  const digits = raw.digits ?? null;
  const write = (row) => {
    const found = value(row);
    if (found === null || found === undefined) return "";
    if (typeof found === "number" && digits !== null) return found.toFixed(digits);
    return String(found);
  };
  return { ...raw, value, write };
}
