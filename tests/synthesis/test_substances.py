"""Named substances carry their real values, and what is drawn names none."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from sample_engineering.synthesis import units
from sample_engineering.synthesis.relations import by_name, relations
from sample_engineering.synthesis.substances import (
    DEFINED,
    PROPERTIES,
    carried,
    is_named,
    substances,
)

ROOT = Path(__file__).resolve().parents[2]
ALL = relations()
each = pytest.mark.parametrize("relation", ALL, ids=[relation.name for relation in ALL])
DRAWN_CONSTANTS = {"first-order rate constant", "second-order rate constant", "half-life"}
MORE_NAMES = {"sucrose", "aspirin", "hydrogen peroxide", "ethyl acetate", "sodium hydroxide"}
MORE_NAMES |= {"iodide ions", "acetic acid", "the bleach", "mercury lamp", "urea"}


@each
def test_each_fixed_value_is_one_of_the_table_or_follows_from_a_definition(relation):
    for case in relation.cases:
        known = {item.quantity for item in carried(relation, case)}
        for quantity in case.fixed:
            assert quantity in known or (relation.name, quantity) in DEFINED, quantity


@each
def test_it_is_the_value_of_the_table_rounded(relation):
    """To one unit of the last printed figure: tables differ there."""
    for case in relation.cases:
        for item in carried(relation, case):
            assert item.value is not None, f"the table has no {item.property} of {item.substance}"
            quantity = relation.by_name[item.quantity]
            base = units.in_base(item.value, PROPERTIES[item.property].unit)
            size = units.in_unit(base, quantity.unit)
            mantissa, _, power = item.printed.partition("e")
            last = 10.0 ** (int(power or 0) - len(mantissa.partition(".")[2]))
            figures = re.sub(r"^0+", "", mantissa.replace(".", ""))
            if "." not in mantissa and len(figures) > 2:
                last *= 10 ** max(len(figures) - 4, 0)
            assert abs(float(item.printed) - size) <= 1.01 * last, (item, size)


@each
def test_a_value_of_a_named_substance_is_never_drawn(relation):
    """Where one case carries it, so does every case that names a substance of the table."""
    for quantity in relation.by_name:
        if is_named(relation, quantity):
            for case in relation.cases:
                named = set(case.words.values()) & substances()
                assert quantity in case.fixed or not named, (quantity, named)


@each
def test_what_has_a_drawn_rate_names_no_substance(relation):
    for quantity in relation.quantities:
        if quantity.meaning not in DRAWN_CONSTANTS or relation.domain != "chemistry":
            continue
        for case in relation.cases:
            if quantity.name not in case.fixed:
                assert not set(case.words.values()) & (substances() | MORE_NAMES)


def test_one_substance_has_one_value_in_all_relations():
    """The half-life of iodine-131 is the same in physics and in chemistry, in hours or in days."""
    seen: dict[tuple[str, str], list[float]] = {}
    for relation in ALL:
        for case in relation.cases:
            for item in carried(relation, case):
                unit = relation.by_name[item.quantity].unit
                size = units.in_base(float(item.printed), unit)
                seen.setdefault((item.property, item.substance), []).append(size)
    # Three figures in two units may differ by half a per cent.
    assert {key: found for key, found in seen.items() if max(found) > 1.005 * min(found)} == {}


@pytest.mark.parametrize(
    ("name", "quantity", "most"),
    [("freezing-point-depression", "dT", 4), ("resistant-mutants", "m", 3000)],
)
def test_ideal_laws_are_not_stretched(name, quantity, most):
    relation = by_name()[name]
    for case in relation.cases:
        assert case.ranges.get(quantity, (0, relation.by_name[quantity].high))[1] <= most


def test_the_table_of_the_docs_is_up_to_date():
    script = ROOT / "scripts" / "relation_table.py"
    done = subprocess.run(
        [sys.executable, script, "--check"], capture_output=True, text=True, cwd=ROOT
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
