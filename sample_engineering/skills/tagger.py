"""Tag a problem with the skills its text (and worked solution) shows.

Three kinds of cue, all data of the taxonomy: *words* show a skill, *hints* only suggest it, and
*patterns* are regular expressions for what words cannot say (LaTeX, operators). Each distinct cue
found is one piece of evidence; evidence adds up as independent chances of being right
(``1 - prod(1 - p)``), so that a weight lies in [0, 1] and more cues mean more weight.

No model is run: a tag says what the text mentions, not what a solver will need. Measured precision
and recall stand in the documentation of the selectors.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from sample_engineering import registry
from sample_engineering.sample import Sample
from sample_engineering.skills.quantities import units_to_convert
from sample_engineering.skills.taxonomy import taxonomy

# Chance that one cue of the kind is right, from reading tagged problems; a lone hint stays below
# SHOWN, two hints pass it.
WORD_STRENGTH = 0.6
PATTERN_STRENGTH = 0.6
HINT_STRENGTH = 0.3
SHOWN = 0.5  # weights below this are noise for most purposes

# Only the beginning counts: no problem needs more, and a hostile one must not cost more.
MAX_CHARACTERS = 20_000

_ASY = re.compile(r"\[asy\].*?(\[/asy\]|\Z)", re.DOTALL)
_LAYOUT = re.compile(r"\\(?:mathrm|text|textbf|mathit|operatorname|textit)\s*\{~?|[{}$~]|\\[,;! ]")
_WORD = re.compile(r"[a-z0-9](?:[a-z0-9'/^()éâ]|[-.](?=[a-z0-9]))*|≤|≥")

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


def _stem(word: str) -> str:
    """Drop a plural ending, so that 'masses' and 'mass' are one word."""
    if len(word) > 4 and word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def words_of(text: str) -> list[str]:
    """Return the lower-case words of a text, plurals and LaTeX layout removed."""
    return [_stem(word.rstrip("'^/().")) for word in _WORD.findall(_LAYOUT.sub(" ", text).lower())]


@dataclass(frozen=True)
class _Cues:
    phrases: Mapping[str, Mapping[int, Mapping[tuple[str, ...], tuple[tuple[str, float], ...]]]]
    patterns: tuple[tuple[str, str, re.Pattern[str]], ...]


@lru_cache(maxsize=2)
def _cues(revision: int) -> _Cues:
    phrases: dict[str, dict[int, dict[tuple[str, ...], list[tuple[str, float]]]]] = {}
    patterns = []
    for skill in taxonomy().values():
        for cues, strength in ((skill.words, WORD_STRENGTH), (skill.hints, HINT_STRENGTH)):
            for cue in cues:
                phrase = tuple(words_of(cue))
                lengths = phrases.setdefault(phrase[0], {})
                lengths.setdefault(len(phrase), {}).setdefault(phrase, []).append(
                    (skill.name, strength)
                )
        for pattern in skill.patterns:
            # Case matters in formulae (H for enthalpy, M for molar); words are matched above.
            patterns.append((skill.name, pattern, re.compile(pattern)))
    return _Cues(
        {
            first: {
                length: {phrase: tuple(hits) for phrase, hits in group.items()}
                for length, group in lengths.items()
            }
            for first, lengths in phrases.items()
        },
        tuple(patterns),
    )


def evidence(text: str, solution: str | None = None) -> dict[str, dict[str, float]]:
    """Return, for each skill, the cues found and their strengths in (0, 1].

    Parameters
    ----------
    text : str
        The problem. Drawing code ([asy]) is ignored; only the first 20,000 characters count.
    solution : str, optional
        A worked solution; its cues count as the problem's own, and every written operation
        between numbers (``12 * 4``) shows its arithmetic skill.
    """
    whole = text if solution is None else f"{text}\n{solution}"
    whole = _ASY.sub(" ", whole[:MAX_CHARACTERS])
    cues = _cues(registry.revision())
    found: dict[str, dict[str, float]] = {}
    words = words_of(whole)
    for start, word in enumerate(words):
        lengths = cues.phrases.get(word)
        if lengths is None:
            continue
        for length, group in lengths.items():
            hits = group.get(tuple(words[start : start + length])) if length > 1 else group[(word,)]
            for name, strength in hits or ():
                found.setdefault(name, {})[" ".join(words[start : start + length])] = strength
    for name, pattern, compiled in cues.patterns:
        if compiled.search(whole):
            found.setdefault(name, {})[pattern] = PATTERN_STRENGTH
    conversion = units_to_convert(text)
    if conversion is not None:
        found.setdefault("unit_conversion", {})[" and ".join(conversion)] = PATTERN_STRENGTH
    if solution is not None:
        for operator in _STEP.findall(solution[:MAX_CHARACTERS]):
            if operator in _STEP_SKILL:
                found.setdefault(_STEP_SKILL[operator], {})[f"step {operator}"] = 1.0
    return found


def tag(text: str, solution: str | None = None) -> dict[str, float]:
    """Return the skills that a problem shows, each with a weight in (0, 1], strongest first.

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
    """By the words, hints and patterns of the taxonomy; no model is run."""

    asks_model: ClassVar[bool] = False

    def tag(self, samples: Sequence[Sample]) -> list[dict[str, float]]:
        """Return the skills of each sample, see `tag`."""
        return [tag(sample.problem, sample.solution) for sample in samples]
