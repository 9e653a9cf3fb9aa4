"""Tag a problem with the skills that its text (and worked solution) seems to show.

All cues are data of the taxonomy: *words* show a skill, *hints* only suggest it, *ambiguous* words
count in company only, and *patterns* are regular expressions. A phrase may be a structure of
formulas (`context`). Each distinct cue found is one piece of evidence; evidence adds up as
independent chances of being right (``1 - prod(1 - p)``), so that a weight lies in [0, 1] and more
cues mean more weight.

No model is run: a tag says what the text mentions, not what a solver will need. Measured precision
and recall stand in docs/selectors.md.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from sample_engineering import registry
from sample_engineering.sample import Sample
from sample_engineering.skills.context import context
from sample_engineering.skills.phrases import Phrases, normal, words_of
from sample_engineering.skills.quantities import conversion_of, units_in
from sample_engineering.skills.taxonomy import Skill, taxonomy

# Chance that one cue of the kind is right, from reading tagged problems; a lone hint stays below
# SHOWN, two hints pass it.
WORD_STRENGTH = 0.6
PATTERN_STRENGTH = 0.6
HINT_STRENGTH = 0.3
SHOWN = 0.5  # weights below this are noise for most purposes

# Only the beginning counts: no problem needs more, and a hostile one must not cost more.
MAX_CHARACTERS = 20_000

# A sign of a science counts 1, a quantity or another ambiguous word of it this; 1 is company.
_HALF_SIGN = 0.5

# Written arithmetic in a solution, "12 * 4 = 48": each operator between numbers is a worked step.
_STEP = re.compile(r"(?<=[\d)])\s*([-+*/×÷^]|\\times|\\cdot|\\div)\s*(?=[\d(])")
_STEP_SKILL = {
    "+": "addition",
    "-": "subtraction",
    "*": "multiplication",
    "×": "multiplication",
    "\\times": "multiplication",
    "\\cdot": "multiplication",
    "/": "division",
    "÷": "division",
    "\\div": "division",
}


# Kinds of cue: one that counts by itself, one in company only, one that only suggests.
_SHOWS, _MAY_SHOW, _SUGGESTS = range(3)
_STRENGTHS = (WORD_STRENGTH, WORD_STRENGTH, HINT_STRENGTH)


@dataclass
class _Meaning:
    """What a phrase says: of which skills it is a cue, which it hides, what it is a sign of."""

    cues: tuple[tuple[str, int], ...] = ()
    hides: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Rules:
    """What stands beside the cues of a skill: see `taxonomy.Skill`."""

    home: str
    company: Mapping[str, frozenset[str]]  # of each ambiguous cue; empty: signs of the home
    unless: frozenset[str]
    never_with: frozenset[str]


@dataclass(frozen=True)
class _Cues:
    meanings: Mapping[str, _Meaning]
    phrases: Phrases[_Meaning]
    rules: Mapping[str, _Rules]
    patterns: tuple[tuple[str, str, re.Pattern[str]], ...]


@lru_cache(maxsize=2)
def _cues(revision: int) -> _Cues:
    meanings: dict[str, _Meaning] = {}

    def of(phrase: str) -> _Meaning:
        return meanings.setdefault(normal(phrase), _Meaning())

    skills = taxonomy()
    for skill in skills.values():
        home = skill.domains[0]
        kinds = ((_SHOWS, skill.words), (_MAY_SHOW, skill.ambiguous), (_SUGGESTS, skill.hints))
        for kind, phrases in kinds:
            for phrase in phrases:
                one = of(phrase)
                if all(name != skill.name for name, _ in one.cues):
                    one.cues += ((skill.name, kind),)
                if kind == _SHOWS and home not in one.signs:
                    one.signs += (home,)
        for phrase in skill.not_in:
            of(phrase).hides += (skill.name,)
        for phrase in (*skill.company, *skill.unless, *skill.never_with):
            of(phrase)
    for domain, words in context().signs.items():
        for phrase in words:
            if domain not in of(phrase).signs:
                of(phrase).signs += (domain,)
    meanings.pop("", None)
    return _Cues(
        meanings,
        Phrases({phrase: one for phrase, one in meanings.items() if phrase[0] != "<"}),
        {skill.name: _rules(skill) for skill in skills.values()},
        # Case matters in formulas (H for enthalpy, M for molar); words are matched above.
        tuple(
            (skill.name, pattern, re.compile(pattern))
            for skill in skills.values()
            for pattern in skill.patterns
        ),
    )


def _within(part: str, phrase: str) -> bool:
    """Whether a phrase is another, or a run of words of it."""
    return f" {part} " in f" {phrase} "


def _rules(skill: Skill) -> _Rules:
    return _Rules(
        skill.domains[0],
        {
            cue: frozenset(one for one in company if not _within(one, cue))
            for cue in map(normal, skill.ambiguous)
        }
        if (company := tuple(map(normal, skill.company)))
        else {},
        frozenset(map(normal, skill.unless)),
        frozenset(map(normal, skill.never_with)),
    )


def evidence(text: str, solution: str | None = None) -> dict[str, dict[str, float]]:
    """Return, for each skill, the cues found and their strengths in (0, 1].

    Parameters
    ----------
    text : str
        The problem. Drawing code ([asy]) and how to write the answer are ignored; only the first
        20,000 characters count.
    solution : str, optional
        A worked solution; its cues count as the problem's own, and every written operation
        between numbers (``12 * 4``) shows its arithmetic skill.
    """
    whole = text if solution is None else f"{text}\n{solution}"
    whole = context().without_instructions(whole[:MAX_CHARACTERS])
    cues = _cues(registry.revision())
    words = words_of(whole)
    units = units_in(text[:MAX_CHARACTERS])
    met: list[tuple[int, int, str, _Meaning]] = [
        (-1, 0, name, cues.meanings[name])
        for name in (
            *context().structures_in(whole, words),
            *(f"<quantity {kind}>" for kind in units),
        )
        if name in cues.meanings
    ]
    met.extend(cues.phrases.found_in(words))
    beside = {phrase for _, _, phrase, _ in met}
    found = _found(met, beside, _Signs(beside, units, cues), cues.rules)
    for name, pattern, compiled in cues.patterns:
        if compiled.search(whole) and beside.isdisjoint(cues.rules[name].never_with):
            found.setdefault(name, {})[pattern] = PATTERN_STRENGTH
    conversion = conversion_of(text, units)
    if conversion is not None:
        found.setdefault("unit_conversion", {})[" and ".join(conversion)] = PATTERN_STRENGTH
    if solution is not None:
        for operator in _STEP.findall(solution[:MAX_CHARACTERS]):
            if operator in _STEP_SKILL:
                found.setdefault(_STEP_SKILL[operator], {})[f"step {operator}"] = 1.0
    return found


class _Signs:
    """Whether a domain is evident beside one of its ambiguous words."""

    def __init__(self, beside: set[str], units: Iterable[str], cues: _Cues) -> None:
        self._beside, self._units, self._cues = beside, units, cues
        self._known: dict[str, tuple[dict[str, None], dict[str, None], int]] = {}

    def evident(self, domain: str, phrase: str) -> bool:
        """Whether there are other signs of the domain than the phrase."""
        if domain not in self._known:
            meanings, rules = self._cues.meanings, self._cues.rules
            signs = {one: None for one in self._beside if domain in meanings[one].signs}
            maybe = {
                one: None
                for one in self._beside
                if any(
                    kind == _MAY_SHOW and rules[name].home == domain
                    for name, kind in meanings[one].cues
                )
            }
            kinds = context().quantities.get(domain, frozenset())
            self._known[domain] = (signs, maybe, sum(kind in kinds for kind in self._units))
        signs, maybe, quantities = self._known[domain]
        whole = sum(not _within(one, phrase) for one in signs)
        half = sum(one not in signs and not _within(one, phrase) for one in maybe)
        return bool(whole + _HALF_SIGN * (half + quantities) >= 1)


def _found(
    met: Sequence[tuple[int, int, str, _Meaning]],
    beside: set[str],
    signs: _Signs,
    rules: Mapping[str, _Rules],
) -> dict[str, dict[str, float]]:
    """Return the cues of each skill among the phrases met that count beside the others."""
    hidden: dict[str, list[tuple[int, int]]] = {}
    for start, length, _, meaning in met:
        for name in meaning.hides:
            hidden.setdefault(name, []).append((start, start + length))
    found: dict[str, dict[str, float]] = {}
    for start, length, phrase, meaning in met:
        for name, kind in meaning.cues:
            if name in hidden and any(a <= start and start + length <= b for a, b in hidden[name]):
                continue
            rule = rules[name]
            if not rule.never_with.isdisjoint(beside):
                continue
            if kind != _SHOWS and not rule.unless.isdisjoint(beside):
                continue
            if kind == _MAY_SHOW and not (
                not rule.company[phrase].isdisjoint(beside)
                if rule.company
                else signs.evident(rule.home, phrase)
            ):
                continue
            cues = found.setdefault(name, {})
            if phrase not in cues:
                cues[phrase] = _STRENGTHS[kind]
    return found


def tag(text: str, solution: str | None = None) -> dict[str, float]:
    """Return the skills that a problem seems to show with weights in (0, 1], strongest first.

    Parameters
    ----------
    text : str
        The problem.
    solution : str, optional
        A worked solution, if there is one.

    Returns
    -------
    dict of str to float
        Skill name to strength of evidence; `SHOWN` (0.5) is a sensible threshold for "has it".
    """
    weights = {}
    for name, cues in evidence(text, solution).items():
        doubt = 1.0
        for strength in cues.values():
            doubt *= 1.0 - strength
        weights[name] = 1.0 - doubt
    return dict(sorted(weights.items(), key=lambda item: (-item[1], item[0])))


class BuiltInTagger:
    """By the words, hints and structures of the taxonomy; no model is run."""

    asks_model: ClassVar[bool] = False

    def tag(self, samples: Sequence[Sample]) -> list[dict[str, float]]:
        """Return the skills of each sample, see `tag`."""
        return [tag(sample.problem, sample.solution) for sample in samples]
