"""The library of relations: one file a family.

To add a family, copy a file of this folder (``physics_work.py`` is a short model) and name it in
``components.py``; in a package of your own, name it by an entry point instead::

    [project.entry-points."sample_engineering.relation_family"]
    optics-bench = "my_package.optics_bench:RELATIONS"

`faults` in ``relation_checks.py`` says what is wrong with a relation; those of other packages must
pass it before any problem is composed. Then read what the composer makes of yours:
``se synthesize --domains physics --n 20``.

The composer draws by place, so ``order.txt`` gives each of our relations a place that does not
change when relations move between files; append the name of a new one. Relations of other packages
come after ours, and change only the draws of compositions over their own domains.

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
      random: they stand in the `Case` of that substance, as ``substances.py`` has them. What no
      table gives (a rate constant) is drawn, and then no substance is named.
    - A `meaning` is narrower than a dimension: a temperature is not a temperature difference, the
      mass of a solute is not the mass of a solution. Link what one would really pass on.
"""

from functools import lru_cache
from pathlib import Path

from sample_engineering import registry
from sample_engineering.errors import SynthesisError
from sample_engineering.synthesis.relation import Family, Relation
from sample_engineering.synthesis.relation_checks import dimension_faults, faults

KIND = "relation_family"
FOLDERS = "relations"
_ORDER = Path(__file__).with_name("order.txt")


def relations() -> tuple[Relation, ...]:
    """Return every installed relation: ours as ordered in ``order.txt``, then those of others.

    Those of others are Python families, then folders of relation files.

    Raises
    ------
    ConfigError
        If a family of another package cannot be loaded.
    SynthesisError
        If a relation of another package is at fault, or its name is taken; the message names the
        package.
    """
    library = _library(registry.components(KIND))
    folders = registry.components(FOLDERS)
    if not folders:
        return library
    from sample_engineering.synthesis.own_relations import installed

    return (*library, *installed(folders, library))


def by_name() -> dict[str, Relation]:
    """Return the relations by name."""
    return {relation.name: relation for relation in relations()}


@lru_cache(maxsize=8)
def _library(families: tuple[registry.Component, ...]) -> tuple[Relation, ...]:
    found: dict[str, Relation] = {}
    for component in families:
        for relation in find_family(component.name).relations:
            if relation.name in found:
                raise SynthesisError(
                    f"{component.origin} brings a second relation named {relation.name!r}; "
                    "rename it or uninstall the package"
                )
            if component.foreign:
                wrong = faults(relation) or dimension_faults(relation, found.values())
                if wrong:
                    raise SynthesisError(
                        f"the relation {relation.name!r} of {component.origin}: "
                        f"{'; '.join(wrong)}; mend it or uninstall the package"
                    )
            found[relation.name] = relation
    listed = _ORDER.read_text(encoding="utf-8").split()
    known = [name for name in listed if name in found]
    return tuple(found[name] for name in dict.fromkeys((*known, *found)))


def find_family(name: str) -> Family:
    """Return one installed family; SynthesisError if it is none."""
    family = registry.find(KIND, name)
    if not isinstance(family, Family):
        home = registry.component(KIND, name).origin
        raise SynthesisError(
            f"the relation family {name!r} of {home} is no Family; write "
            "RELATIONS = Family(__doc__, ...)"
        )
    return family
