"""What stands in a comparison of runs: the trained model of each folder, or arms of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sample_engineering.errors import ConfigError
from sample_engineering.evaluation.compare import Comparison, compare
from sample_engineering.evaluation.contrast import LiftValues, lift_values
from sample_engineering.evaluation.readings import READINGS
from sample_engineering.evaluation.table import Evaluation
from sample_engineering.registry import suggestion
from sample_engineering.report.conditions import method_of
from sample_engineering.report.run import Run
from sample_engineering.runs.format import BEFORE, MAIN

ALL = "all"


@dataclass(frozen=True, eq=False)
class Entrant:
    """An arm of a run folder.

    Parameters
    ----------
    run : Run
    arm : str
        ``sample`` for the trained model.
    name : str
        As it stands in the tables.
    """

    run: Run
    arm: str
    name: str

    @property
    def method(self) -> str:
        """How it was trained; empty where nothing is."""
        return "" if self.arm in self.run.untrained else method_of(self.run)

    @property
    def readings(self) -> list[str]:
        """In which it and the base model were asked."""
        found = self.run.findings.evaluations
        return [name for name in READINGS if found[name].get(BEFORE) and found[name].get(self.arm)]

    def values(self, reading: str) -> LiftValues:
        """Return its lift of every item; ConfigError where the items are others."""
        before, after = self._sides(reading)
        return lift_values(before, after, across_protocols=self.arm != MAIN)

    def lift(self, reading: str) -> Comparison:
        """Return its lift."""
        return self._lifts[reading] if self.arm != MAIN else self.run.lifts[reading]

    @cached_property
    def _lifts(self) -> Mapping[str, Comparison]:
        # An arm that is the base model asked otherwise has a protocol of its own.
        return {name: compare(*self._sides(name), across_protocols=True) for name in self.readings}

    def _sides(self, reading: str) -> tuple[list[Evaluation], list[Evaluation]]:
        arms = self.run.findings.evaluations[reading]
        return list(arms[BEFORE]), list(arms[self.arm])


def arms_named(arms: str | Sequence[str] | None) -> tuple[str, ...] | None:
    """Return the names of arms that are asked for; None for all, as far as there are."""
    if arms is None:
        return (MAIN,)
    if isinstance(arms, str):
        arms = arms.split(",")
    named = tuple(dict.fromkeys(one.strip() for one in arms if one.strip()))
    if not named:
        raise ConfigError(f"`arms` names none; give {ALL}, or names such as {MAIN},format-only")
    return None if ALL in named else named


def entrants(runs: Mapping[str, Run], arms: tuple[str, ...] | None) -> list[Entrant]:
    """Return what is compared, folder by folder, the trained model of each first.

    Parameters
    ----------
    runs : mapping of str to Run
        By the names that tell them apart.
    arms : tuple of str or None
        See `arms_named`.

    Raises
    ------
    ConfigError
        If no run has an arm that is named.
    """
    there = {
        name: dict.fromkeys(
            arm
            for arm in (MAIN, *(one for own in run.findings.evaluations.values() for one in own))
            if arm != BEFORE
        )
        for name, run in runs.items()
    }
    known = sorted({arm for own in there.values() for arm in own})
    for arm in arms or ():
        if arm not in known:
            raise ConfigError(f"`arms`: no run has {arm!r}; {suggestion(arm, known)}")
    return [
        Entrant(runs[name], arm, name if arm == MAIN else f"{name} {arm}")
        for name, own in there.items()
        for arm in own
        if arms is None or arm in arms
    ]
