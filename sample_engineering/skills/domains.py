"""The domains: what a subject is called, and the skills that it brings.

To add one, write a `Domain` and name it in the registry, kind ``domain``: in `components.py`, or
from another package by an entry point of the group ``sample_engineering.domain``. Relations, pools
and benchmarks may name it from then on. What it demands is estimated from reference problems
(``scripts/estimate_demand.py``); without, its own skills count alike.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import overload

from sample_engineering import registry
from sample_engineering.errors import ConfigError
from sample_engineering.sample import Sample

KIND = "domain"
_SUBJECT_FIELDS = ("domain", "subject", "type", "discipline", "category", "field")


@dataclass(frozen=True)
class Domain:
    """A subject.

    Parameters
    ----------
    name : str
        In snake case, as the registry has it.
    summary : str
        One line.
    subjects : str
        Regular expression: parts of the names by which benchmarks and pools call it, lower case.
    skills : tuple of str
        TOML texts with the skills whose home it is, a table each: ``[FAMILY.NAME]``, see
        `taxonomy.Skill`.
    """

    name: str
    summary: str
    subjects: str
    skills: tuple[str, ...] = ()


def find_domain(name: str) -> Domain:
    """Return the installed domain of that name.

    Raises
    ------
    ConfigError
        If there is none, or what is registered is no domain.
    """
    found = registry.find(KIND, name)
    if not isinstance(found, Domain) or found.name != name:
        raise ConfigError(
            f"what is registered as the domain {name!r} is no skills.domains.Domain of that name; "
            "mend it or uninstall its package"
        )
    return found


class _Installed(Sequence[str]):
    """Names of the installed domains, ours first; read from the registry whenever they are used."""

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[str, ...]: ...

    def __getitem__(self, index: int | slice) -> str | tuple[str, ...]:
        return registry.names(KIND)[index]

    def __len__(self) -> int:
        return len(registry.names(KIND))

    def __repr__(self) -> str:
        return repr(registry.names(KIND))


DOMAINS: Sequence[str] = _Installed()


def domain_of_subject(subject: str) -> str | None:
    """Return the domain that a subject's name belongs to, e.g. ``college_biology``."""
    name = subject.lower()
    if name in DOMAINS:
        return name
    return next(
        (known for known, part in _subjects(registry.revision()) if part.search(name)), None
    )


def domains_of_sample(sample: Sample) -> list[str]:
    """Return the domains that a sample names itself, or by the subject in its other fields."""
    names = [*sample.domains, *(sample.extra.get(field) for field in _SUBJECT_FIELDS)]
    found = (domain_of_subject(name) for name in names if isinstance(name, str))
    return list(dict.fromkeys(domain for domain in found if domain))


@lru_cache(maxsize=2)
def _subjects(revision: int) -> tuple[tuple[str, re.Pattern[str]], ...]:
    # The last are the most special: economics before mathematics, those of others before ours.
    found = (find_domain(name) for name in reversed(DOMAINS))
    return tuple((domain.name, re.compile(domain.subjects)) for domain in found if domain.subjects)


def _data(*names: str) -> tuple[str, ...]:
    folder = files("sample_engineering.skills") / "data"
    return tuple((folder / f"{name}.toml").read_text("utf-8") for name in names)


math = Domain(
    "math",
    "arithmetic, algebra, geometry, probability and calculus",
    r"math|algebra|geometry|number.theory|calculus|counting|probability|statistic|"
    r"differential.equation",
    _data("arithmetic", "math"),
)
physics = Domain(
    "physics",
    "mechanics, heat, electricity, optics and modern physics",
    r"physic|astronom|relativity|mechanics|thermodynamics|optic",
    _data("physics"),
)
chemistry = Domain(
    "chemistry",
    "amounts, solutions, gases, equilibria and electrochemistry",
    r"chemi",
    _data("chemistry"),
)
biology = Domain(
    "biology",
    "genetics, populations, cells and physiology",
    r"^(?!.*chemi).*(?:biolog|ecolog|genetic|anatomy|medic|virolog)",  # biochemistry is chemistry
    _data("biology"),
)
engineering = Domain(
    "engineering",
    "stress, machines, circuits and control",
    r"engineer|dynamics and control",
    _data("engineering"),
)
computer_science = Domain(
    "computer_science",
    "algorithms, data and computer systems",
    r"comput|machine.learning|programming|information and entropy|algorithms",
    _data("computer_science"),
)
economics = Domain(
    "economics",
    "finance and markets",
    r"econom|finance|accounting",
    _data("economics"),
)
