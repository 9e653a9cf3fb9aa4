"""The library of relations: one file a family.

To add a family, copy a file of this folder (``physics_energy.py`` is a good model), keep the name
``RELATIONS`` for the tuple at its end, and run ``pytest tests/synthesis/test_relations.py``: every
file here is found by itself, and the tests check equation, units, words, skills and ranges of each
relation. Then read what the composer makes of it: ``se synthesize --domains physics --n 20``.

The composer draws by place, so ``order.txt`` gives each relation a place that does not change when
relations move between files; append the name of a new one.

How a relation becomes text. Take "an electric heater of power P runs for a time t and delivers the
energy Q", with Q unknown and t taken over from another relation::

    setting   An electric kettle heats water.
    given P   The kettle draws a power of $2.00\\ \\mathrm{kW}$,
    link t    and the kettle runs for the time that ... (the noun of the other relation's quantity)
    ask Q     How much heat does the kettle deliver?      (or, when a third relation takes Q up:)
    noun Q    the heat delivered by the kettle

So every clause must stand on its own, in any company, and say what object it speaks of. Clauses are
joined with ", and ", which is why no clause may contain ", and " itself.

Rules that keep problems right
    - The equation holds in coherent units (it is checked with pint): write ``Q = P*t`` and let the
      composer convert kW, minutes and kilojoules. Percentages and degrees are converted as well.
    - ``low`` and ``high`` bound given *and* computed values: they are the plausibility check.
    - Values that belong to a substance or a material (molar mass, specific heat) are not drawn at
      random: they stand in the `Case` of that substance.
    - A `meaning` is narrower than a dimension: a temperature is not a temperature difference, the
      mass of a solute is not the mass of a solution. Link what one would really pass on.
"""

from functools import lru_cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from sample_engineering.errors import SynthesisError
from sample_engineering.synthesis.relation import Relation

_ORDER = Path(__file__).with_name("order.txt")


@lru_cache(maxsize=1)
def relations() -> tuple[Relation, ...]:
    """Return every relation of the library, as ordered in ``order.txt``.

    Those not listed there come last, by file and by place in the file.

    Raises
    ------
    SynthesisError
        If two relations have one name.
    """
    found: dict[str, Relation] = {}
    for module in sorted(iter_modules(__path__), key=lambda item: item.name):
        for relation in import_module(f"{__name__}.{module.name}").RELATIONS:
            if relation.name in found:
                raise SynthesisError(f"two relations are named {relation.name!r}; rename one")
            found[relation.name] = relation
    listed = _ORDER.read_text(encoding="utf-8").split()
    known = [name for name in listed if name in found]
    return tuple(found[name] for name in dict.fromkeys((*known, *found)))


@lru_cache(maxsize=1)
def by_name() -> dict[str, Relation]:
    """Return the relations by name."""
    return {relation.name: relation for relation in relations()}
