"""Records of text tables: CSV in its dialects."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import IO, Any

from sample_engineering.answers import LETTERS
from sample_engineering.errors import PoolError
from sample_engineering.pool.columns import ANSWER_NAMES
from sample_engineering.pool.jsons import Opened, depth_exceeds
from sample_engineering.pool.lines import MAX_LINE_BYTES, bounded_lines
from sample_engineering.pool.names import squashed
from sample_engineering.pool.options import layout_of
from sample_engineering.pool.problems import PROBLEM_NAMES
from sample_engineering.pool.rows import Row

_DELIMITERS = (",", ";", "\t", "|")
_HEAD = 2**15  # characters of a first look that may be cut off
_ROWS = 30
_JSON_LIKE = re.compile(r"\s*(?:[\[{].*[\]}]|-?\d.*|true|false|null)\s*\Z", re.DOTALL)
# Columns that are text whatever they look like: the gold "0.50" is no 0.5. But "correct" is also
# how many rollouts were right.
_PLAIN = frozenset((*PROBLEM_NAMES, *ANSWER_NAMES, "id", "prediction", "unit")) - {"correct"}


def csv_rows(
    opened: Opened, name: str, *, tabs: bool = False, as_text: bool = False
) -> Iterator[Row]:
    """Yield the rows of a CSV file: commas, semicolons, tabs or bars, as its header says.

    Parameters
    ----------
    opened : callable
        Opens the file.
    name : str
        For messages.
    tabs : bool
        Whether its name promises tabs.
    as_text : bool
        Whether every cell stays text.

    Raises
    ------
    PoolError
        If two columns share a name.
    """
    with opened() as opened_stream:
        stream = _with_line_feeds(opened_stream)
        delimiter = "\t" if tabs else _delimiter(stream)
        yield from _csv_rows(stream, name, delimiter, as_text)


class _CarriageReturns(io.RawIOBase):
    """A stream whose lines end as those of old Macs did, with line feeds in their place."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        read = self.stream.read(len(buffer)).replace(b"\r", b"\n")
        buffer[: len(read)] = read
        return len(read)


def _with_line_feeds(stream: Any) -> Any:
    head = bytes(stream.peek(2**16))
    return (
        io.BufferedReader(_CarriageReturns(stream))
        if b"\r" in head and b"\n" not in head
        else stream
    )


def looks_like_csv(head: bytes) -> bool:
    """Whether a text has known names in its first line, or lines of as many cells each."""
    text = _decoded(head)
    first = _first_line(text)
    return any(
        len(cells) > 1 and sum(squashed(cell.strip(' "')) in _PLAIN for cell in cells) > 1
        for cells in (first.split(sign) for sign in _DELIMITERS)
    ) or any(_even(text, sign) > 1 for sign in _DELIMITERS)


def _decoded(head: bytes) -> str:
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    return head.decode("utf-16" if wide else "utf-8-sig", "replace")


def _first_line(text: str) -> str:
    """The line of the header: not blank, and not the ``sep=;`` that Excel takes a hint from."""
    lines = (line for line in text.splitlines() if line.strip())
    return next((line for line in lines if not line.lower().startswith("sep=")), "")


def _even(text: str, sign: str) -> int:
    """The number of cells of each of the first rows; 0 where it is not the same, or one row."""
    lines = text.splitlines(keepends=True)
    if len(text) >= _HEAD and lines:
        lines.pop()  # cut off
    sizes = set()
    rows = 0
    try:
        for cells in islice(csv.reader(lines, delimiter=sign, strict=True), _ROWS):
            if cells and any(cells):
                sizes.add(len(cells))
                rows += 1
    except csv.Error:
        rows -= 1  # the last one, which may be cut within quotes
    return sizes.pop() if len(sizes) == 1 and rows > 1 else 0


def _delimiter(stream: Any) -> str:
    """The sign that splits the first line into names that are known, or all into as many cells.

    Commas where nothing says otherwise.
    """
    text = _decoded(bytes(stream.peek(2**16)))
    first = _first_line(text)

    def worth(sign: str) -> tuple[int, bool, int]:
        cells = [cell.strip().strip('"') for cell in first.split(sign)]
        known = sum(squashed(cell) in _PLAIN for cell in cells)
        return (known if len(cells) > 1 else 0), _even(text, sign) > 1, len(cells)

    best = max(_DELIMITERS, key=lambda sign: (worth(sign), -_DELIMITERS.index(sign)))
    return best if any(worth(best)[:2]) or worth(",")[2] < worth(best)[2] else ","


def _next_cells(reader: Iterator[list[str]]) -> list[str]:
    """Read one row with fields as long as a line may be.

    The limit is the whole process's: it is put back after each row, so that no host notices.
    """
    before = csv.field_size_limit(MAX_LINE_BYTES)
    try:
        return next(reader)
    finally:
        csv.field_size_limit(before)


def _csv_rows(stream: IO[bytes], name: str, delimiter: str, as_text: bool) -> Iterator[Row]:
    faults: list[Row] = []

    def lines() -> Iterator[str]:
        for number, line, fault in bounded_lines(stream):
            if line is None:
                faults.append(Row(number, None, fault))
            else:
                yield line.replace("\x00", "")

    first = _first_line(_decoded(bytes(stream.peek(2**16))))  # type: ignore[attr-defined]
    spaced = f"{delimiter} " in first  # problem, answer
    reader = csv.reader(lines(), delimiter=delimiter, strict=True, skipinitialspace=spaced)
    header: list[str] | None = None
    plain: list[bool] = []
    lost = 0  # lines that never reached the reader
    while True:
        start = reader.line_num + lost + 1
        try:
            cells = _next_cells(reader)
        except StopIteration:
            break
        except csv.Error as error:
            yield Row(start, None, f"not CSV ({error})")
            continue
        yield from faults
        lost += len(faults)
        faults.clear()
        note = ""
        if header is None:
            if not any(cells) or (len(cells) < 3 and cells[0].lower().startswith("sep=")):
                continue
            header, note = _header(cells, name)
            plain = _plain_columns(header, as_text)
            if not note:
                continue
        if len(cells) == len(header):
            record = {
                column: cell if text else _cell(cell)
                for column, cell, text in zip(header, cells, plain, strict=True)
                if cell != ""
            }
            yield Row(start, record, note=note)
        elif cells:
            yield Row(start, None, f"{len(cells)} cells in a row of {len(header)} columns")
    yield from faults


def _header(cells: Sequence[str], name: str) -> tuple[list[str], str]:
    """Return the names of the columns, and a note where the file has none (MMLU's CSV files)."""
    header = [cell.strip() or f"column {place}" for place, cell in enumerate(cells, 1)]
    options = len(cells) - 2
    if (
        2 <= options <= len(LETTERS)
        and header[-1] in LETTERS[:options]
        and not any(squashed(cell) in _PLAIN for cell in header)
        and list(header[1:-1]) != list(LETTERS[:options])
    ):
        made = ["question", *LETTERS[:options], "answer"]
        return made, "no header; columns read as question, options, answer"
    if twice := [column for column, n in Counter(header).items() if n > 1]:
        raise PoolError(f"{name}: two columns share a name ({twice[0]!r}); rename one of them")
    return header, ""


def _plain_columns(header: Sequence[str], as_text: bool) -> list[bool]:
    layout = layout_of(header)
    options = set() if layout is None else {*layout.columns, layout.right}
    return [as_text or column in options or squashed(column) in _PLAIN for column in header]


def _cell(cell: str) -> Any:
    """Return a cell as a JSON value where it is one."""
    if not _JSON_LIKE.match(cell):
        return cell
    try:
        value = json.loads(cell, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return cell
    return cell if depth_exceeds(value) else value
