"""A named set of benchmarks: what one run asks, each member in its own way.

One of another package is one `BenchmarkSet` and one entry point in the group
``sample_engineering.benchmark``, like a single benchmark.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sample_engineering.sample import Sample


@dataclass(frozen=True)
class Part:
    """One member of a set.

    Parameters
    ----------
    benchmark : str
        Its registered name.
    group : callable, optional
        Item to the name of its domain in the set, or None to leave the item out; without it items
        keep their domains.
    per_domain : int, optional
        A random subset with at most so many items of each of the benchmark's own domains.
    at_most : int, optional
        A random subset with at most so many items.
    """

    benchmark: str
    group: Callable[[Sample], str | None] | None = None
    per_domain: int | None = None
    at_most: int | None = None


@dataclass(frozen=True)
class BenchmarkSet:
    """What a set of benchmarks states about itself.

    Parameters
    ----------
    name : str
        As `load_benchmark` and options call it.
    parts : tuple of Part
        Its members.
    summary : str
        One line.
    source : str
        The paper that evaluates so.
    domains : tuple of str
        Domains of its items.
    """

    name: str
    parts: tuple[Part, ...]
    summary: str
    source: str
    domains: tuple[str, ...] = ()
    license: str = "those of its members"

    @property
    def members(self) -> tuple[str, ...]:
        """Names of the benchmarks in it."""
        return tuple(part.benchmark for part in self.parts)
