"""Tables that go into papers: Markdown and LaTeX, with every text of a stranger escaped.

A table is a list of rows of plain texts. What a terminal shows as a table of rich becomes one by
`of_terminal`, so that paper and terminal cannot tell two stories.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sample_engineering.errors import ConfigError
from sample_engineering.text import visible

if TYPE_CHECKING:
    from rich.console import RenderableType

FORMATS = ("markdown", "latex")
# In Markdown these begin or end something anywhere in a line, in plain CommonMark or on GitHub
# (tables, strikethrough, mathematics).
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|~&$])")
# Bare addresses become links, unless what makes them so is escaped.
_ADDRESS = re.compile(r"(?<=[A-Za-z]):(?=//)|(?<=www)\.|(?<=\w)@(?=\w)", re.IGNORECASE)
# At the beginning of a line these open a list or a heading, or draw a rule.
_BLOCK = re.compile(r"^(\d*)([-+=.)#])")
_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\symbol{34}",  # \textquotedbl needs a font encoding that not every class has
    "`": r"\textasciigrave{}",
    "'": r"\textquotesingle{}",
    "-": r"-{}",  # two of them would become one dash
    ",": r",{}",  # two of them are a quotation mark in T1
    "–": r"\textendash{}",
    "—": r"\textemdash{}",
    "…": r"\ldots{}",
    "±": r"$\pm$",
    "−": r"$-$",
}
_LATEX_SPECIAL = re.compile("|".join(map(re.escape, _LATEX)))
_DOUBLED = re.compile(r"([-,])\{\}(?!\1)")
# After the end of a row these would be read as an option of it.
_OPTION = ("[", "*", "(")
_NUMBER = re.compile(r"[+-]?\d[\d,]*(\.\d+)?(e[+-]?\d+)?")
_SIGNED = re.compile(r"(?<![\w.])[+-]\d[\d,.]*")
_LONGEST = 400  # characters of a cell
_NAME = 36  # a column with more characters is of texts, whose lines LaTeX breaks
_TEXTS = 0.5  # share of the line that columns of texts take together


@dataclass(frozen=True)
class PaperTable:
    """A table of plain texts.

    Parameters
    ----------
    heads : tuple of str
        Names of the columns.
    rows : tuple of tuple of str
        As many cells each as there are heads.
    numeric : tuple of bool
        Which columns hold figures and stand at the right.
    caption : str
        What it shows; empty for none.
    strong : frozenset of int
        Places of the rows that sum up the others.
    rules : frozenset of int
        Places of the rows after which a rule stands.

    Raises
    ------
    ConfigError
        If a row has another number of cells than there are heads.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    caption: str = ""
    strong: frozenset[int] = frozenset()
    rules: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        if any(len(row) != len(self.heads) for row in (*self.rows, self.numeric)):
            raise ConfigError("a row of a table has more or fewer cells than it has heads; mend it")

    def markdown(self) -> str:
        """Return a table of GitHub's Markdown, which pandoc and Jupyter read too."""
        lines = [f"**{markdown(self.caption)}**", ""] if self.caption.strip() else []
        lines.append(_piped(map(markdown, self.heads)))
        lines.append(_piped("---:" if number else ":---" for number in self.numeric))
        for place, row in enumerate(self.rows):
            cells = [markdown(cell) for cell in row]
            if place in self.strong:
                cells = [f"**{cell}**" if cell.strip() else cell for cell in cells]
            lines.append(_piped(cells))
        return "\n".join(lines)

    def latex(self) -> str:
        r"""Return a LaTeX ``table``; it needs ``\usepackage{booktabs}``."""
        align = "".join(self._alignments())
        lines = [r"\begin{table}", r"  \centering"]
        if self.caption.strip():
            lines.append(rf"  \caption{{{latex(self.caption)}}}")
        lines += [rf"  \begin{{tabular}}{{{align}}}", r"    \toprule"]
        lines += [_ampersands(map(latex, self.heads)), r"    \midrule"]
        for place, row in enumerate(self.rows):
            cells = [_figure(cell) if number else latex(cell)
                     for cell, number in zip(row, self.numeric, strict=True)]  # fmt: skip
            if place in self.strong:
                cells = [rf"\textbf{{{cell}}}" if cell else cell for cell in cells]
            lines.append(_ampersands(cells))
            if place in self.rules and place + 1 < len(self.rows):
                lines.append(r"    \midrule")
        return "\n".join([*lines, r"    \bottomrule", r"  \end{tabular}", r"\end{table}"])

    def _alignments(self) -> list[str]:
        """Return figures flush right, names flush left, texts in columns that break lines."""
        columns = zip(*self.rows, strict=True) if self.rows else ((),) * len(self.heads)
        longest = [max(map(len, column), default=0) for column in columns]
        texts = [
            length > _NAME and not number
            for length, number in zip(longest, self.numeric, strict=True)
        ]
        share = _TEXTS / max(1, sum(texts))
        return [
            rf"p{{{share:.2f}\linewidth}}" if text else "r" if number else "l"
            for text, number in zip(texts, self.numeric, strict=True)
        ]


def written(tables: Iterable[PaperTable], format: str, notes: Iterable[str] = ()) -> str:
    """Write tables one below the other, and what holds for them.

    Parameters
    ----------
    tables : iterable of PaperTable
    format : {"markdown", "latex"}
    notes : iterable of str
        Below the tables: a list in Markdown, comments in LaTeX.

    Raises
    ------
    ConfigError
        If the format is another.
    """
    if format == "markdown":
        parts = [table.markdown() for table in tables]
        said = "\n".join(f"- {_BLOCK.sub(_unmarked, markdown(note))}" for note in notes)
        return "\n\n".join([*parts, *([said] if said else [])]) + "\n"
    if format == "latex":
        parts = [table.latex() for table in tables]
        said = "\n".join(f"% {_line(note)}" for note in notes)
        head = r"% needs \usepackage{booktabs}"
        return "\n\n".join([head, *parts, *([said] if said else [])]) + "\n"
    raise ConfigError(f"`format` {format!r:.40} is not known; give {' or '.join(FORMATS)}")


def of_terminal(shown: "RenderableType") -> list[PaperTable]:
    """Return the tables of rich among what a terminal shows, in their order."""
    from rich.console import Group
    from rich.table import Table

    if isinstance(shown, Group):
        return [table for part in shown.renderables for table in of_terminal(part)]
    if not isinstance(shown, Table):
        return []
    columns = [[_plain(cell) for cell in column.cells] for column in shown.columns]
    return [
        PaperTable(
            tuple(_plain(column.header) for column in shown.columns),
            tuple(zip(*columns, strict=True)),
            tuple(column.justify == "right" for column in shown.columns),
            "" if shown.title is None else _plain(shown.title),
            frozenset(place for place, row in enumerate(shown.rows) if "bold" in str(row.style)),
            frozenset(place for place, row in enumerate(shown.rows) if row.end_section),
        )
    ]


def markdown(text: str) -> str:
    """Escape a text for one cell of a Markdown table, or a line.

    >>> markdown("a_b | <c> $x$")
    'a\\\\_b \\\\| \\\\<c\\\\> \\\\$x\\\\$'
    """
    return _ADDRESS.sub(r"\\\g<0>", _MARKDOWN.sub(r"\\\1", _line(text)))


def latex(text: str) -> str:
    r"""Escape a text for one cell of a LaTeX table, or a caption; nothing in it is a command.

    Letters beyond ASCII stay: pdfLaTeX sets those of Latin, LuaLaTeX and XeLaTeX all that the font
    has.

    >>> latex(r"50% of \frac{a}{b}")
    '50\\% of \\textbackslash{}frac\\{a\\}\\{b\\}'
    """
    escaped = _LATEX_SPECIAL.sub(lambda found: _LATEX[found[0]], _line(text))
    escaped = _DOUBLED.sub(r"\1", escaped)
    return "{}" + escaped if escaped.startswith(_OPTION) else escaped


def _unmarked(found: re.Match[str]) -> str:
    return f"{found[1]}\\{found[2]}"


def _figure(text: str) -> str:
    """Set a figure with true signs; what is none is a text."""
    parts = [] if not _NUMBER.match(text.strip()) else text.split(" to ")
    if parts and all(_NUMBER.fullmatch(part.strip()) for part in parts):
        return " to ".join(_SIGNED.sub(lambda signed: f"${signed[0]}$", part) for part in parts)
    return latex(text)


def _line(text: str) -> str:
    """Return the text on one line, without what steers a terminal, bounded in length."""
    line = visible(" ".join(text.split()), keep="")
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def _plain(cell: object) -> str:
    return str(getattr(cell, "plain", cell))


def _piped(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _ampersands(cells: Iterable[str]) -> str:
    return f"    {' & '.join(cells)} \\\\"


def table_of(
    caption: str, heads: Sequence[tuple[str, bool]], rows: Iterable[Sequence[object]]
) -> PaperTable:
    """Return a table from its heads, each with whether it holds figures, and its rows."""
    return PaperTable(
        tuple(name for name, _ in heads),
        tuple(tuple(map(str, row)) for row in rows),
        tuple(numeric for _, numeric in heads),
        caption,
    )
