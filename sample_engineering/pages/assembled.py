"""A page of a result around its sections; the parts that all of these pages share."""

from collections.abc import Iterable, Sequence

from sample_engineering.markup import Markup, foreign, tag
from sample_engineering.report.document import whole_page
from sample_engineering.report.parts import (
    Section,
    citation,
    contents,
    page_footer,
    page_header,
    section,
    tiles,
)

_MOST_NOTES = 200


def assembled(
    title: str,
    line: str,
    figures: Iterable[tuple[object, object]],
    sections: Sequence[Section | None],
    notes: Iterable[str],
    footer: str,
    *,
    interactive: bool = True,
) -> str:
    """Return a whole page as HTML.

    Parameters
    ----------
    title, line : str
        Heading, and a line below it.
    figures : iterable of (value, what)
        What one looks for first.
    sections : sequence of Section
        None where there is nothing to say.
    notes : iterable of str
        What holds for the whole, in words.
    footer : str
        Where to read more.
    interactive : bool
        Whether a table of everything is among the sections.
    """
    shown: list[Section] = [part for part in sections if part is not None]
    shown += [*notes_section(notes), citation()]
    return whole_page(
        foreign(title, 200),
        [page_header(foreign(title, 200), foreign(line, 600)), tiles(figures), contents(shown),
         shown],
        page_footer(footer),
        interactive=interactive,
    )  # fmt: skip


def notes_section(notes: Iterable[str]) -> list[Section]:
    """Return the section of the notes, if there are any."""
    said = list(notes)
    if not said:
        return []
    items = [tag("li", foreign(note, 1000)) for note in said[:_MOST_NOTES]]
    return [section("Notes", tag("ul", items, class_="notes"), id="notes")]


def brief(text: str, longest: int) -> Markup:
    """Return a stranger's text on one line, cut at its end."""
    line = " ".join(str(text).split())
    cut = line if len(line) <= longest else line[: longest - 1] + "…"
    return tag("span", foreign(cut, 2 * longest))
