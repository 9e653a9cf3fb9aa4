"""Choosing: the specialist of each family, and the prime.

The paper's rules (arXiv 2601.03111, section 3): the problem with most skills of a category is its
specialist, the one with the widest spectrum is the prime. Both tie often among a few dozen
problems, and the paper does not say what then; here a tie goes

- for the prime to more skills in all, then to skills more evenly spread over the families;
- for a specialist to the smaller number of skills in other families;

then to the lower number of the candidate. How many tied is told, and which rule decided.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sample_engineering.polymath.candidate import Candidate
from sample_engineering.polymath.families import families
from sample_engineering.text import count_of

PRIME = "prime"


@dataclass(frozen=True, slots=True)
class Choice:
    """What a candidate was chosen as.

    Parameters
    ----------
    role : str
        ``prime``, ``specialist of FAMILY``, or ``natural of CATEGORY``.
    candidate : Candidate
    why : str
        In words.
    tied : tuple of str
        Ids of others that are as good by the rule itself.
    decided : str
        Which rule decided between them, in words; '' where none tied, or it is not known.
    """

    role: str
    candidate: Candidate
    why: str
    tied: tuple[str, ...] = ()
    decided: str = ""

    @property
    def reason(self) -> str:
        """Why, with how many others it tied, and what decided."""
        if not self.tied:
            return self.why
        decided = f", decided by {self.decided}" if self.decided else ""
        return f"{self.why}; tied with {count_of(len(self.tied), 'other')}{decided}"


_NAMED = 3  # skills that the reason of a specialist names; the others stand in its abundance


def choose(candidates: Iterable[Candidate]) -> tuple[Choice, ...]:
    """Choose the prime and one specialist of each family that any candidate shows.

    Returns
    -------
    tuple of Choice
        The prime first, then specialists in the order of the families; empty where there is no
        candidate. Their candidates have the roles.
    """
    able = [one for one in candidates if one.skills]
    if not able:
        return ()
    chosen = [_prime(able)]
    for family in families():
        most = max(len(one.skills.get(family, ())) for one in able)
        if most:
            chosen.append(_specialist(able, family, most))
    for choice in chosen:
        choice.candidate.roles.append(choice.role)
    return tuple(chosen)


Rule = tuple[str, Callable[[Candidate], float]]
"""What decides between candidates that tie: its name, and what is to be smallest."""


def _decided(equal: Sequence[Candidate], rules: Sequence[Rule]) -> tuple[Candidate, str]:
    """Return the best of candidates that tie, and the rule after which it was alone."""
    left, decided = list(equal), ""
    for name, key in rules:
        if len(left) == 1:
            break
        least = min(map(key, left))
        left = [one for one in left if key(one) == least]
        decided = name
    return left[0], decided


_FIRST: Rule = ("the order of composing", lambda one: one.number)
_OF_PRIMES: Sequence[Rule] = (
    ("more skills", lambda one: -_skills(one)),
    ("skills spread more evenly", lambda one: -_evenness(one)),
    _FIRST,
)
_OF_SPECIALISTS: Sequence[Rule] = (
    ("fewer skills of other families", lambda one: _skills(one)),
    _FIRST,
)


def _prime(able: Sequence[Candidate]) -> Choice:
    widest = max(one.spectrum for one in able)
    equal = [one for one in able if one.spectrum == widest]
    best, decided = _decided(equal, _OF_PRIMES)
    why = f"{count_of(_skills(best), 'skill')} in {_families(widest)}"
    return Choice(PRIME, best, why, _others(equal, best), decided)


def _specialist(able: Sequence[Candidate], family: str, most: int) -> Choice:
    equal = [one for one in able if len(one.skills.get(family, ())) == most]
    best, decided = _decided(equal, _OF_SPECIALISTS)
    skills = [skill.replace("_", " ") for skill in best.skills[family]]
    more = f" and {len(skills) - _NAMED} more" if len(skills) > _NAMED + 1 else ""
    named = ", ".join(skills[:_NAMED] if more else skills) + more
    why = f"{count_of(most, 'skill')} of {family} ({named})"
    return Choice(f"specialist of {family}", best, why, _others(equal, best), decided)


def _skills(one: Candidate) -> int:
    return sum(one.abundance.values())


def _evenness(one: Candidate) -> float:
    """Entropy of the skills over the families, in nats."""
    total = _skills(one)
    # Rounded, so that the order of a sum decides nothing.
    return round(-sum(n / total * math.log(n / total) for n in one.abundance.values()), 12)


def _others(equal: Sequence[Candidate], best: Candidate) -> tuple[str, ...]:
    return tuple(one.id for one in equal if one is not best)


def _families(number: int) -> str:
    return "1 family" if number == 1 else f"{number} families"
