"""Systems of two relations, solved by sympy for ``solved.json``."""

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sample_engineering.errors import SynthesisError
from sample_engineering.synthesis import formula
from sample_engineering.synthesis.relation import Relation
from sample_engineering.synthesis.scene_systems import tied
from sample_engineering.synthesis.scenes import scenes
from sample_engineering.synthesis.simultaneous import isolated
from sample_engineering.synthesis.solved import solve
from sample_engineering.synthesis.systems import COUPLES, System, systems

_SECONDS = 10  # of CPU for one system; a usual one takes a tenth
_LONGEST = 160  # characters of a form that a person would still write down
_MOST_FORMS = 2


def solved_systems(library: Sequence[Relation]) -> dict[str, Any]:
    """Solve every couple of a library, and of its scenes, for both of its unknowns.

    What has no short form, or shares a quotient only, is left out.

    Returns
    -------
    dict
        By name of the system: its equations, and forms as of a relation.
    """
    known = {item.name: item for item in library}
    trials: dict[str, System] = {}
    for couple in COUPLES:
        for system in systems(couple, known[couple.first], known[couple.second]):
            trials.setdefault(system.name, system)
    for scene in scenes():
        for system in tied(scene.acts):
            trials.setdefault(system.name, system)
    found = {name: _solved(system) for name, system in trials.items()}
    return {name: record for name, record in found.items() if record is not None}


def _solved(system: System) -> dict[str, Any] | None:
    forms: dict[str, list[str]] = {}
    aside: dict[str, list[Any]] = {}
    try:
        with _time_limit():
            for unknown in system.inner:
                forms[unknown] = [*solve(system, unknown)]
                aside[unknown] = [*isolated(system, unknown)]
    except (SynthesisError, TimeoutError, NotImplementedError, ValueError, TypeError, KeyError):
        return None
    names = frozenset((*system.by_name, *system.constants)) - set(system.inner)
    for found in forms.values():
        if len(found) > _MOST_FORMS or max(map(len, found)) > _LONGEST:
            return None
        for form in found:
            try:
                used = formula.used_names(formula.parse(form, names))
            except SynthesisError:
                return None  # a function that formulas do not know
            if used < names - {"pi"} and not _each_matters(system, used):
                return None
    return {"equation": system.law, "formula": "", "forms": forms, "aside": aside}


def _each_matters(system: System, used: set[str]) -> bool:
    """Does a form take something of each of the two relations that is not shared?"""
    homes = {system.home_of(name)[0] for name in used if name in system.by_name}
    return set(system.parts) <= homes


@contextmanager
def _time_limit() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGVTALRM, stop)
    left, _ = signal.setitimer(signal.ITIMER_VIRTUAL, _SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, left)
        signal.signal(signal.SIGVTALRM, before)
