"""The table of everything on a page: thousands of rows to sort, filter, search and open."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sample_engineering.markup import tag
from sample_engineering.report.explorer import Column, Table, explorer
from sample_engineering.report.parts import Section, section
from sample_engineering.sample import Sample

MOST_ROWS = 20_000
_MOST_CHARACTERS = 12_000_000  # of all texts together: a page stays below 5 MB
_LONGEST, _SHORTEST = 3000, 120  # characters of one text, where there are few and many


def number_or_name(name: str, heading: str, values: Sequence[Any], **flags: Any) -> Column:
    """Return a column of numbers, or of names where not all values are numbers."""
    known = [value for value in values if value is not None]
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in known):
        whole = all(float(value).is_integer() for value in known if value == value)
        return Column(name, heading, "number", values, filter=True, digits=0 if whole else 3,
                      **flags)  # fmt: skip
    texts = [None if value is None else str(value) for value in values]
    return Column(name, heading, "name", texts, search=True, **flags)


def domains_of(samples: Sequence[Sample]) -> Column:
    """Return the column of the domains that samples name."""
    named = [", ".join(sample.domains).replace("_", " ") or None for sample in samples]
    return Column("domains", "domains", "choice", named, filter=True)


def listing(
    title: str,
    noun: str,
    columns: Sequence[Column],
    *,
    total: int,
    otherwise: str,
    id: str = "all",
) -> Section:
    """Return the section of a table of everything.

    Parameters
    ----------
    title : str
    noun : str
        What a row is, in the plural.
    columns : sequence of Column
        Of `MOST_ROWS` rows at most; texts are shortened where there are many.
    total : int
        How many there are of all.
    otherwise : str
        What writes all of them, for a reader without script or with more than fit.
    id : str
        Of the section, once in a page.
    """
    rows = len(columns[0].values)
    texts = sum(column.kind == "text" for column in columns)
    longest = max(_SHORTEST, min(_LONGEST, _MOST_CHARACTERS // max(1, rows * texts)))
    fitted = [
        replace(column, longest=longest) if column.kind == "text" else column for column in columns
    ]
    cut = total - rows
    return section(
        title,
        tag("p", f"The first {rows:,} of {total:,}; {otherwise}", class_="note") if cut else None,
        explorer(
            Table(title, noun, fitted),
            f"rows-{id}",
            f"This table needs a script, which does not run here. {otherwise}",
        ),
        id=id,
    )
