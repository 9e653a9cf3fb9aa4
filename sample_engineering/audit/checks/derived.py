"""Is the label what the sample's own relations or program yield?"""

import re
from collections.abc import Iterator

from sample_engineering.audit.claims import Claim, Claims
from sample_engineering.audit.derivation import Derivation
from sample_engineering.audit.findings import Finding
from sample_engineering.audit.from_symbols import try_formula
from sample_engineering.audit.margins import compare
from sample_engineering.audit.values import Number, as_written
from sample_engineering.errors import SynthesisError
from sample_engineering.grading.spelling.tree import Node
from sample_engineering.synthesis import units
from sample_engineering.synthesis.stated_values import number_of

_OPTIONS_APART = 0.02  # relative; two options nearer to the value than that cannot be told apart
_SAME_FORMULA = 1e-6  # relative difference at the sizes that are tried
_LEAST_TRIALS = 2
_OPTION = re.compile(r"^\$(-?\d{1,20}(?:\.\d{1,20})?(?:\\times10\^\{-?\d{1,3}\})?)(.{0,60})\$$")


class Derived:
    """The label is not the value that the sample's own relations or program yield."""

    name = "derived"
    summary = "the label is not what the sample's own relations or program yield"
    needs = "sample"

    def find(self, claims: Claims) -> Iterator[Finding]:
        """Yield a severe finding for each label that its own derivation contradicts."""
        for claim in claims:
            if claim.sample.kind == "expression":
                yield from self._formula(claim)
                continue
            found = claim.derivation
            if found is None or claim.gold is None:
                continue
            if claim.gold.kind == "choice":
                yield from self._choice(claim, found)
            elif claim.number is not None:
                yield from self._value(claim, found, claim.number)

    def _formula(self, claim: Claim) -> Iterator[Finding]:
        gold = claim.gold.value if claim.gold is not None else None
        if not isinstance(gold, Node):
            return
        trials = list(try_formula(claim.sample, gold))
        wrong = [
            trial
            for trial in trials
            if abs(trial.label - trial.derived) > _SAME_FORMULA * abs(trial.derived)
        ]
        if len(trials) < _LEAST_TRIALS or len(wrong) < len(trials):
            return
        yield Finding(
            self.name,
            "severe",
            claim.sample.id,
            f"with {wrong[0].sizes} (SI units) the relations of the sample yield "
            f"{as_written(wrong[0].derived)}, the label {claim.sample.answer} "
            f"{as_written(wrong[0].label)}",
            {
                "label": claim.sample.answer,
                "sizes": wrong[0].sizes,
                "derived": as_written(wrong[0].derived, 8),
                "label_there": as_written(wrong[0].label, 8),
            },
        )

    def _value(self, claim: Claim, found: Derivation, number: Number) -> Iterator[Finding]:
        exact = value_in_label_unit(claim, found)
        evidence = {
            "label": claim.sample.answer,
            "derived": as_written(found.value, 8) + f" {found.unit}".rstrip(),
            "from": found.source,
        }
        if exact is None:
            yield Finding(
                self.name,
                "severe",
                claim.sample.id,
                f"the label {claim.sample.answer} has another kind of unit than the answer, "
                f"{evidence['derived']}",
                evidence,
            )
            return
        rounding = claim.question.rounding
        margin = compare(
            exact,
            number,
            figures=rounding.figures if rounding else None,
            direction=claim.question.direction,
        )
        if margin.agrees:
            return
        wanted = margin.expected
        yield Finding(
            self.name,
            "severe",
            claim.sample.id,
            f"the {found.source} of the sample yield{'s' * (found.source == 'program')} "
            f"{as_written(exact, 8)}: the label {claim.sample.answer} is {margin.how}; {wanted} "
            "is right",
            {**evidence, "how": margin.how, "expected": wanted},
        )

    def _choice(self, claim: Claim, found: Derivation) -> Iterator[Finding]:
        offered = _options(claim, found)
        if len(offered) < 2 or not found.value:
            return
        ranked = sorted(offered, key=lambda item: abs(item[1] / found.value - 1))
        nearest, second = ranked[0], ranked[1]
        assert claim.gold is not None
        letter = str(claim.gold.value)
        gap = abs(nearest[1] / found.value - 1)
        if nearest[0] == letter and gap <= _OPTIONS_APART:
            return
        if nearest[0] != letter and gap > _OPTIONS_APART:
            how = "no option is the value"
        elif abs(second[1] / nearest[1] - 1) <= _OPTIONS_APART:
            return
        else:
            how = f"option {nearest[0]} is nearest"
        yield Finding(
            self.name,
            "severe",
            claim.sample.id,
            f"the {found.source} yield {as_written(found.value, 8)}: the label is {letter}, but "
            f"{how}",
            {"label": letter, "derived": as_written(found.value, 8), "nearest": nearest[0]},
        )


def value_in_label_unit(claim: Claim, found: Derivation) -> float | None:
    """Return the derived value in the unit in which the label is given; None if it cannot be."""
    unit = _label_unit(claim)
    if unit is None or unit == found.unit:
        return found.value
    try:
        if units.dimensionality(unit) != units.dimensionality(found.unit):
            return None
        return units.in_unit(units.in_base(found.value, found.unit), unit)
    except SynthesisError:
        return found.value


def _label_unit(claim: Claim) -> str | None:
    """Return the unit written in the label, else the declared one; None for a bare number."""
    number = claim.number
    if number is None or number.unit is None:
        return None
    written = claim.sample.answer.strip().partition(" ")[2].strip()
    for unit in (written, claim.sample.unit or ""):
        try:
            units.scale(unit)
        except SynthesisError:
            continue
        if unit:
            return unit
    return None


def _options(claim: Claim, found: Derivation) -> list[tuple[str, float]]:
    """Return letter and value of each option that reads, in the unit of the derivation."""
    offered = []
    for place, text in enumerate(claim.sample.choices or ()):
        match = _OPTION.match(text)
        try:
            base = _in_base(match[1], match[2]) if match else None
        except (SynthesisError, ValueError, OverflowError):
            continue
        if base is not None:
            offered.append((chr(ord("A") + place), units.in_unit(base, found.unit)))
    return offered


def _in_base(number: str, unit: str) -> float:
    return units.in_base(number_of(number), units.from_latex(unit))
