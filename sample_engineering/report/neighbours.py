"""What a run took from other works: said on its page, with what of each was not reproduced."""

from collections.abc import Mapping
from typing import Any

from sample_engineering.markup import Markup, foreign, tag
from sample_engineering.report.parts import section
from sample_engineering.report.run import Run
from sample_engineering.runs.format import MAIN
from sample_engineering.trainers.recipes import Recipe
from sample_engineering.works import Work, works

# Fields of a recipe whose value is the name of something, and what kind of thing.
_NAMING = {
    "name": "recipe",
    "reward": "reward",
    "template": "template",
    "algorithm": "algorithm",
    "warm_start": "warm-start",
}
_LONGEST = 400


def used_parts(run: Run) -> list[str]:
    """Return what a run used, as ``kind:name``, in the order of its settings and arms.

    A setting of the recipe that is not at its default is ``setting:FIELD`` too.
    """
    config = run.folder.config
    if config is None:
        return []
    found = [f"arm:{arm.name}" for arm in config.arms if arm.name != MAIN]
    found += [part for name, value in config.recipe.items() for part in _of_setting(name, value)]
    if run.sample is not None:
        found += _of_provenance(run.sample.provenance or {})
    return list(dict.fromkeys(found))


def _of_setting(name: str, value: Any) -> list[str]:
    found = []
    if name in _NAMING and isinstance(value, str) and value:
        found.append(f"{_NAMING[name]}:{value}")
    usual = getattr(Recipe, name, None)
    if isinstance(value, bool | int | float | str) and value and value != usual:
        found.append(f"setting:{name}")
    return found


def _of_provenance(provenance: Mapping[str, Any]) -> list[str]:
    """Return how a sample was chosen or made, where it says so."""
    return [
        f"{kind}:{value}"
        for kind in ("selector", "move")
        if isinstance(value := provenance.get(kind), str)
    ]


def neighbours_section(run: Run) -> Markup | None:
    """The works behind what the run used; None where there are none."""
    behind = works().behind(used_parts(run))
    if not behind:
        return None
    return section(
        "What of it comes from other works",
        [_told(one, parts) for one, parts in behind.items()],
        tag(
            "p",
            "Names of works stand for what is built here and no more: where something differs, "
            "the figures of this page are not figures of the paper's method.",
            class_="note",
        ),
        id="works",
    )


def _told(one: Work, parts: tuple[str, ...]) -> Markup:
    named = ", ".join(part.partition(":")[2] for part in parts)
    return tag(
        "div",
        tag("h3", foreign(named, _LONGEST), ": ", foreign(one.title, _LONGEST)),
        tag(
            "p",
            foreign(one.authors, _LONGEST),
            # A page links to nothing outside of itself: the number is enough to find it.
            f", arXiv {one.arxiv}; read for this: {one.read}.",
            class_="note",
        ),
        _list("As there", one.reproduced),
        _list("Not as there", one.differs),
    )


def _list(title: str, sentences: tuple[str, ...]) -> Markup | None:
    if not sentences:
        return None
    return tag("div", tag("h4", title), tag("ul", [tag("li", _said(s)) for s in sentences]))


def _said(sentence: str) -> list[object]:
    """Return a sentence with what stands in backquotes as code."""
    parts = foreign(sentence, 1000).split("`")
    return [tag("code", part) if place % 2 else part for place, part in enumerate(parts)]
