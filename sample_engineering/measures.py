"""Units that pint does not know, stated once, and pint's registry with them.

Grader and composer count alike, with one difference that is stated here too: for the grader counted
things are a quantity of their own (five cells are not five), for the composer they are plain
numbers, because its equations reckon with them.
"""

from functools import lru_cache
from typing import Any

_MONEY = (
    "dollar = [money_usd] = USD",
    "cent = 0.01 * dollar",
    "euro = [money_eur]",
    "british_pound = [money_gbp]",
    "yuan = [money_cny]",
    "rupee = [money_inr]",
    "yen = [money_jpy]",
    "yen_or_yuan = [money_jpy_or_cny]",
)
# IAU 2015 nominal values (resolution B3); the mass from the CODATA gravitational constant.
_SUN = (
    "solar_mass = 1.98841e30 * kilogram",
    "solar_luminosity = 3.828e26 * watt",
    "solar_radius = 6.957e8 * meter",
)
# Counted things, and the dimension that each has where counts are quantities.
_COUNTED = {
    "base_pair": "[base_pairs]",
    "international_unit": "[international_units]",
    "colony_forming_unit": "[colonies]",
    "cell": "[cells]",
    "count_unit": "[unnamed_units]",
    "generation": "[generations]",
}


@lru_cache(maxsize=2)
def pint_registry(*, counts_are_numbers: bool) -> Any:
    """Return a `pint.UnitRegistry`; it takes a few tenths of a second when first asked for.

    Only names of an allow-list may be given to it: pint evaluates what it reads.

    Parameters
    ----------
    counts_are_numbers : bool
        Whether counted things (cells, base pairs) are dimensionless.
    """
    import pint

    registry = pint.UnitRegistry(autoconvert_offset_to_baseunit=True, cache_folder=None)
    for definition in (*_MONEY, *_SUN):
        registry.define(definition)
    for name, dimension in _COUNTED.items():
        registry.define(f"{name} = {'[]' if counts_are_numbers else dimension}")
    return registry
