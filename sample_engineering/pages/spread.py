"""How the candidates of a page spread: over every score, over skills and domains."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from sample_engineering.markup import Markup, foreign, tag
from sample_engineering.report.bars import histogram
from sample_engineering.report.parts import Section, scrolling, section
from sample_engineering.sample import Sample

_MOST_CHARTS = 12
_MOST_SKILLS = 24  # rows of the map; the others are counted
MOST_MAPPED = 50_000  # candidates that are looked at for it
_UNNAMED = "none named"
_STRONGEST = 0.42  # of a cell's colour, so that its figure stays readable


def numbers(values: Iterable[Any]) -> list[float]:
    """Return the finite numbers among values."""
    return [
        float(value)
        for value in values
        if isinstance(value, int | float) and not isinstance(value, bool) and value == value
    ]


def distributions(
    columns: Mapping[str, tuple[str, Iterable[Any]]], noun: str = "candidates"
) -> Section | None:
    """Draw how each column of numbers is distributed; None without one.

    Parameters
    ----------
    columns : mapping of str to (str, iterable)
        By heading: what it is, in a few words, and its values; None where unknown.
    noun : str
        What is counted.
    """
    figures, constant = [], []
    for name, (meaning, values) in columns.items():
        listed = list(values)
        known = numbers(listed)
        if not known:
            continue
        if min(known) == max(known):
            constant.append(f"{name}: {known[0]:.3g} for all {len(known):,} that have it")
            continue
        unknown = len(listed) - len(known)
        title = f"{name}, not known of {unknown:,}" if unknown else name
        figures.append(histogram(title, known, x_label=meaning or name, y_label=noun))
    if not figures and not constant:
        return None
    left_out = len(figures) - _MOST_CHARTS
    return section(
        "Distribution of every score",
        tag("div", figures[:_MOST_CHARTS], class_="charts"),
        tag("p", f"{left_out:,} more columns are in the table below.", class_="note")
        if left_out > 0
        else None,
        tag("p", "; ".join(constant), class_="note") if constant else None,
        id="scores",
    )


def skill_map(samples: Iterable[Sample], skills: Iterable[Sequence[str] | None]) -> Section | None:
    """Show how many samples exercise which skill in which domain; None where no skill is named.

    Parameters
    ----------
    samples : iterable of Sample
    skills : iterable of sequence of str
        Of each, as long.
    """
    cells: Counter[tuple[str, str]] = Counter()
    each: Counter[str] = Counter()
    domains: Counter[str] = Counter()
    looked = 0
    for sample, named in islice(zip(samples, skills, strict=False), MOST_MAPPED):
        looked += 1
        where = tuple(dict.fromkeys(sample.domains)) or (_UNNAMED,)
        domains.update(where)
        for skill in dict.fromkeys(named or ()):
            each[skill] += 1
            cells.update((skill, domain) for domain in where)
    if not each:
        return None
    rows = [skill for skill, _ in sorted(each.items(), key=lambda one: (-one[1], one[0]))]
    heads = [name for name in sorted(domains) if name != _UNNAMED]
    heads += [_UNNAMED] * (_UNNAMED in domains)
    most = max(cells.values())
    shown = rows[:_MOST_SKILLS]
    table = _heat(
        "skill", heads, [(skill, [cells[skill, head] for head in heads], each[skill])
                         for skill in shown], most)  # fmt: skip
    told = [f"How many of {looked:,} exercise a skill, by the domains that they name."]
    if len(rows) > len(shown):
        told.append(f"{len(rows) - len(shown):,} rarer skills are left out.")
    return section("Skills by domain", tag("p", " ".join(told), class_="note"), table, id="skills")


def _heat(
    corner: str, heads: Sequence[str], rows: Sequence[tuple[str, list[int], int]], most: int
) -> Markup:
    """Draw a table whose cells are the darker the more they hold."""
    head = tag(
        "tr",
        tag("th", corner, scope="col"),
        [tag("th", _words(name), scope="col") for name in heads],
        tag("th", "all", scope="col"),
    )
    body = [
        tag(
            "tr",
            tag("th", _words(name), scope="row"),
            [_cell(value, most) for value in values],
            tag("td", f"{total:,}"),
        )
        for name, values, total in rows
    ]
    table = tag(
        "table",
        tag("caption", "Skills by domain", class_="unseen"),
        tag("thead", head),
        tag("tbody", body),
        class_="heat",
    )
    return scrolling(table, "Skills by domain")


def _cell(value: int, most: int) -> Markup:
    if not value:
        return tag("td", tag("span", "0", class_="soft"))
    return tag("td", f"{value:,}", style=f"--share:{100 * _STRONGEST * value / most:.0f}%")


def _words(name: str) -> str:
    return foreign(name, 60).replace("_", " ")
