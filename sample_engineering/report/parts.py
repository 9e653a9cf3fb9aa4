"""The parts that all pages are made of: sections, contents, badges, tiles, lists, blocks of text.

Tables stand in `plots`, drawings in `charts` and `bars`, tables of thousands of rows in `explorer`,
and the page around all of them in `document`.
"""

from collections.abc import Iterable, Mapping, Sequence

from sample_engineering.markup import LONGEST, Markup, escape, foreign, tag
from sample_engineering.version import __version__

# Texts with more than this scroll in a box of their own.
_LONG_TEXT, _MANY_LINES = 1200, 16
# Sections from which a list of contents helps.
_MANY_SECTIONS = 4


class Section(Markup):
    """A section of a page, which knows its name and where to find it.

    Parameters
    ----------
    markup : str
    name : str
        Its title.
    id : str
        Of the element.
    """

    name: str
    id: str

    def __new__(cls, markup: str, name: str, id: str) -> "Section":
        """Mark up a section."""
        made = super().__new__(cls, markup)
        made.name, made.id = name, id
        return made


def section(
    title: str, *children: object, id: str, class_: str | None = None, heading: str | None = None
) -> Section:
    """Return a section under its title.

    Parameters
    ----------
    title : str
        In the list of contents.
    *children
        As `markup.tag` takes them.
    id : str
        Of the element.
    class_ : str, optional
    heading : str, optional
        What stands above the section, where that is not the title; empty for nothing.
    """
    shown = title if heading is None else heading
    label = None if shown else title
    made = tag(
        "section",
        tag("h2", shown) if shown else None,
        children,
        id=id,
        class_=class_,
        aria_label=label,
    )
    return Section(made, title, id)


def page_header(title: object, *lines: object) -> Markup:
    """Return the head of a page: its title, and a line or two about it."""
    shown = [tag("p", line, class_="soft") for line in lines if line is not None and line != ""]
    return tag("header", tag("h1", title), shown)


def contents(sections: Iterable[object]) -> Markup | None:
    """Return links to the sections among some parts; None where there are few."""
    named = [one for one in sections if isinstance(one, Section)]
    if len(named) < _MANY_SECTIONS:
        return None
    links = [tag("li", tag("a", one.name, href=f"#{one.id}")) for one in named]
    return tag("nav", tag("ul", links), class_="contents", aria_label="Contents")


def page_footer(text: str, *more: object) -> Markup:
    """Return what stands below a page: what made it, and further words."""
    return tag("p", f"Written by sample-engineering {__version__}. {text}", *more)


def badge(text: object, tone: str = "unasked") -> Markup:
    """Return a word in a frame of its colour: ``good``, ``bad``, ``unsure`` or ``unasked``."""
    return tag("span", text, class_=f"badge {tone}")


def tiles(entries: Iterable[tuple[object, object]]) -> Markup:
    """Return the figures that one looks for first: each a value and what it is."""
    shown = [
        tag("div", tag("b", value), tag("span", what), class_="tile") for value, what in entries
    ]
    return tag("div", shown, class_="tiles")


def definitions(entries: Mapping[str, object] | Iterable[tuple[str, object]]) -> Markup | None:
    """Return a list of names and what they stand for; those without are left out."""
    pairs = entries.items() if isinstance(entries, Mapping) else entries
    shown = [
        part
        for name, value in pairs
        if value is not None and value != ""
        for part in (tag("dt", name), tag("dd", value))
    ]
    return tag("dl", shown) if shown else None


def text_block(text: object, label: str = "text", longest: int = LONGEST) -> Markup:
    """Return a stranger's text as it stands, in a box that scrolls where it is long."""
    shown = foreign(text, longest) or " "
    if len(shown) <= _LONG_TEXT and shown.count("\n") <= _MANY_LINES:
        return tag("pre", shown, dir="auto")
    return tag("pre", shown, dir="auto", class_="long", tabindex=0, role="group", aria_label=label)


def folded(title: object, *children: object, open: bool = False) -> Markup:
    """Return parts that are shown when their title is clicked."""
    return tag("details", tag("summary", title), children, open=open)


def scrolling(table: Markup, label: str) -> Markup:
    """Return a table that scrolls sideways where the screen is narrow, by keyboard too."""
    return tag("div", table, class_="scroll", tabindex=0, role="group", aria_label=label)


def data_table(
    heads: Sequence[str],
    rows: Iterable[Sequence[object]],
    caption: str,
    *,
    words: Sequence[str] = (),
    longest: int = 400,
) -> Markup:
    """Return a table with a head, whose first column names the rows.

    Parameters
    ----------
    heads : sequence of str
        Names of the columns.
    rows : iterable of sequence
        Cells: text of strangers, numbers, or `Markup`.
    caption : str
        What the table shows; read aloud, and not drawn.
    words : sequence of str
        Columns of text, which are set flush left and broken into lines.
    longest : int
        Characters of a cell that are shown.
    """
    kinds = ["words" if name in words else None for name in heads]
    body = []
    for row in rows:
        cells = []
        for place, (kind, value) in enumerate(zip(kinds, row, strict=True)):
            shown = (
                value
                if isinstance(value, Markup)
                else foreign("" if value is None else value, longest)
            )
            cells.append(
                tag("td", shown, class_=kind)
                if place
                else tag("th", shown, class_=kind, scope="row")
            )
        body.append(tag("tr", cells))
    table = tag(
        "table",
        tag("caption", caption, class_="unseen"),
        tag(
            "thead",
            tag("tr", [tag("th", name, class_=kind, scope="col")
                       for name, kind in zip(heads, kinds, strict=True)]),
        ),
        tag("tbody", body),
    )  # fmt: skip
    return scrolling(table, caption)


def command_block(command: str) -> Markup:
    """Return a command line to copy."""
    return tag("pre", tag("code", foreign(command, 4000)), class_="command")


def citation() -> Section:
    """Return how to cite what made a page."""
    entry = (
        "@software{sample_engineering,\n"
        "  title   = {sample-engineering: find, compose and prove the one training sample},\n"
        "  author  = {{The sample-engineering authors}},\n"
        f"  version = {{{__version__}}},\n"
        "  license = {Apache-2.0}\n"
        "}"
    )
    return section("Cite", tag("pre", escape(entry)), id="cite")
