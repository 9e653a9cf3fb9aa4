"""The skills of the sample beside those that the benchmark asks for, family by family."""

from collections.abc import Sequence
from dataclasses import dataclass

from sample_engineering.errors import SampleEngineeringError
from sample_engineering.markup import Markup, tag
from sample_engineering.report.bars import bar_rows
from sample_engineering.report.parts import section
from sample_engineering.report.run import Run
from sample_engineering.sample import Sample
from sample_engineering.skills import SHOWN, TAXONOMY
from sample_engineering.skills import tag as tagged
from sample_engineering.text import count_of

_MOST_ITEMS = 400  # of the benchmark whose text is read for skills, evenly chosen
_MOST_FAMILIES, _FEWEST_FAMILIES = 16, 3


@dataclass(frozen=True)
class Spectrum:
    """Shares of families of skills, or of skills, among some problems.

    Parameters
    ----------
    shares : mapping from family or skill to float
        They add up to 1; empty where no skill is known.
    problems : int
        That show any skill.
    named : bool
        Whether the problems name their skills; else these are read from the text.
    """

    shares: dict[str, float]
    problems: int
    named: bool


def spectrum(problems: Sequence[Sample], *, families: bool = True) -> Spectrum:
    """Return the families of skills of some problems, or the skills; each problem counts alike."""
    named = all(one.skills for one in problems)
    weights: dict[str, float] = {}
    counted = 0
    for one in problems:
        known = [name for name in (one.skills if named else _read(one)) if name in TAXONOMY]
        kinds = [TAXONOMY[name].family for name in known] if families else known
        for kind in kinds:
            weights[kind] = weights.get(kind, 0.0) + 1 / len(kinds)
        counted += bool(kinds)
    shares = {name: weight / counted for name, weight in weights.items()} if counted else {}
    return Spectrum(shares, counted, named)


def _read(problem: Sample) -> list[str]:
    return [name for name, weight in tagged(problem.problem).items() if weight >= SHOWN]


def spectrum_section(run: Run) -> Markup | None:
    """Bars: the sample's skills beside the benchmark's; None where either is not known."""
    if run.sample is None:
        return None
    try:
        items = run.folder.read_inputs().items
    except SampleEngineeringError:
        return None
    stride = -(-len(items) // _MOST_ITEMS) if items else 1
    families = True
    own, asked = spectrum([run.sample]), spectrum(items[::stride])
    if not own.shares or not asked.shares:
        return None
    if len({*own.shares, *asked.shares}) < _FEWEST_FAMILIES:  # they say nothing; their skills do
        families = False
        own, asked = (spectrum(of, families=False) for of in ([run.sample], items[::stride]))
    kind = "family of skills" if families else "skill"
    order = sorted(
        {*own.shares, *asked.shares},
        key=lambda name: (-asked.shares.get(name, 0.0), -own.shares.get(name, 0.0), name),
    )
    kept = [name for name in order if name in own.shares or order.index(name) < _MOST_FAMILIES]
    rows = [
        (
            name.replace("_", " "),
            [100 * own.shares.get(name, 0.0), 100 * asked.shares.get(name, 0.0)],
        )
        for name in kept
    ]
    rest = sum(asked.shares[name] for name in order if name not in kept)
    met = sum(asked.shares.get(name, 0.0) for name in own.shares)
    guessed = [
        who
        for who, one in (("the sample", own), ("the benchmark", asked))
        if not one.named
    ]  # fmt: skip
    return section(
        "Skills: the sample and the benchmark",
        bar_rows(
            rows,
            ["sample", "benchmark"],
            f"Share of each {kind}, in per cent",
            unit=" %",
            first=kind,
        ),
        tag(
            "p",
            f"Shares of each side's skills, a problem counting as one; the benchmark: "
            f"{count_of(asked.problems, 'item')}. What the sample exercises is "
            f"{100 * met:.0f} % of what the benchmark asks for."
            + (f" {100 * rest:.0f} % of that is not drawn." if rest > 0 else "")
            + (
                f" Skills of {' and '.join(guessed)} are guessed from the text by the built-in "
                "tagger."
                if guessed
                else ""
            ),
            class_="note",
        ),
        id="skills",
    )
