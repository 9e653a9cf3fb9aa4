"""Physical and other quantities that a text gives, found by their units."""

import re
from collections.abc import Collection, Mapping

# Kind of quantity -> its units as written after a number. "C" and "B" alone are left out: they are
# as often the letter of an option.
_UNITS = {
    "length": "m mm cm km um nm μm µm inch inches ft feet foot mile miles meter meters metre "
    "metres kilometer kilometers centimeter centimeters Å",
    "area": "m^2 cm^2 km^2 mm^2 m2 cm2 m² cm² ha hectare hectares",
    "volume": "L mL l ml μL µL uL liter liters litre litres gallon gallons m^3 cm^3 m3 cm3 m³ cm³",
    "mass": "kg g mg μg µg ug tonne tonnes gram grams kilogram kilograms pound pounds",
    "time": "s ms min h hr hour hours minute minutes second seconds day days week weeks year years "
    "month months",
    "speed": "m/s km/h mph km/s m/min cm/s",
    "acceleration": "m/s^2 m/s2 m/s²",
    "force": "N kN newton newtons lb",
    "energy": "J kJ MJ eV keV MeV cal kcal joule joules kWh Wh",
    "power": "W kW MW watt watts hp horsepower",
    "pressure": "Pa kPa MPa GPa atm bar torr mmHg psi hPa",
    "temperature": "K °C °F kelvin degC celsius",
    "amount": "mol mmol mole moles kmol μmol",
    "concentration": "M mM μM µM nM mol/L g/L mg/L mg/mL ppm mol/l mol/dm3",
    "molar": "g/mol kJ/mol J/mol kg/mol",
    "density": "g/cm^3 g/cm3 kg/m^3 kg/m3 g/mL g/cm³ kg/m³",
    "charge": "mC μC µC nC coulomb coulombs",
    "current": "A mA amp amps ampere amperes",
    "voltage": "V mV kV volt volts",
    "resistance": "Ω ohm ohms kΩ \\Omega",
    "frequency": "Hz kHz MHz GHz bpm beats/min",
    "information": "bit bits byte bytes KB MB GB kbit/s Mbit/s Mbps MiB KiB GiB",
    "money": "dollar dollars euro euros cent cents USD EUR",
    "percentage": "% percent \\%",
    "angle": "° degree degrees rad radians",
    "count": "cells cell bacteria individuals animals people students fish rabbits plants",
    "rate": "L/min mL/min g/h kg/h m^3/s L/h mol/s mg/h 1/s",
}
_KIND = {unit: kind for kind, units in _UNITS.items() for unit in units.split()}
QUANTITIES = tuple(_UNITS)
# Spellings of one unit, so that "2 min" beside "3 minutes" is no conversion.
_SPELLINGS = (
    "m meter meters metre metres",
    "km kilometer kilometers",
    "cm centimeter centimeters",
    "inch inches",
    "ft feet foot",
    "mile miles",
    "s second seconds",
    "min minute minutes",
    "h hr hour hours",
    "day days",
    "week weeks",
    "month months",
    "year years",
    "g gram grams",
    "kg kilogram kilograms",
    "pound pounds lb",
    "L l liter liters litre litres",
    "mL ml",
    "gallon gallons",
    "mol mole moles",
    "N newton newtons",
    "J joule joules",
    "W watt watts",
    "A amp amps ampere amperes",
    "V volt volts",
    "Ω ohm ohms \\Omega",
    "° degree degrees",
    "rad radians",
    "μm um µm",
    "μg ug µg",
    "μL uL µL",
    "μC µC",
    "m^2 m2 m²",
    "cm^2 cm2 cm²",
    "m^3 m3 m³",
    "cm^3 cm3 cm³",
    "m/s^2 m/s2 m/s²",
    "bit bits",
    "byte bytes",
    "K kelvin",
    "°C degC celsius",
    "mol/L mol/l mol/dm3 M",
    "g/cm^3 g/cm3 g/cm³",
    "kg/m^3 kg/m3 kg/m³",
    "mM",
    "cell cells",
    "bpm beats/min",
    "hectare hectares ha",
    "acre acres",
    "kWh",
    "tonne tonnes",
)
_ONE_NAME = {name: names.split()[0] for names in _SPELLINGS for name in names.split()}

_DEGREE = re.compile(r"\^\s*\{?\s*\\circ\s*\}?")
_LAYOUT = re.compile(r"\\(?:mathrm|text|textrm|operatorname)\s*\{~?|\\[,;! ]|[{}$~]")
_GIVEN = re.compile(
    r"\d(?: *(?:\\times|x|×) *10 *\^? *-?\d+)? *-?"
    r"(°?[A-Za-zΩμµÅ]+(?:/[A-Za-z]+)?(?:\^?-?[23²³](?!\d))?|%|\\%|°|\\Omega)"
    r"(?! *[-+=^_(] *[\w\\(])"  # not the letter of an equation, "7m - 2n"
)
_MONEY = re.compile(r"\\?\$\s?\d|€\s?\d|£\s?\d")
_MAX_CHARACTERS = 20_000


# The unit of the answer: "in $\\mathrm{cm}$", "in cm" or "how many feet".
_ASKED = re.compile(
    r"\b(?:in|[Hh]ow many)\s+\$?\s*(?:\\mathrm\s*\{~?)?"
    r"([A-Za-z°Ωμµ]+(?:/[A-Za-z]+)?(?:\^?[23²³])?)(?=[}\s,.?$])"
)
# Kinds in which two units mean a conversion; not those whose units are words for different things.
_NO_CONVERSION = frozenset({"count", "percentage", "money"})


def units_in(text: str) -> dict[str, set[str]]:
    """Return the units that a text gives with a number, by kind of quantity."""
    text = text[:_MAX_CHARACTERS]
    units: dict[str, set[str]] = {}
    for unit in _GIVEN.findall(_LAYOUT.sub(" ", _DEGREE.sub("°", text))):
        if unit in _KIND:
            units.setdefault(_KIND[unit], set()).add(_ONE_NAME.get(unit, unit))
    if (_MONEY.search(text) and "\\$" in text) or "€" in text:
        units.setdefault("money", set()).add("$")
    return units


def quantities_in(text: str) -> tuple[str, ...]:
    """Return the kinds of quantities that a text gives with a number and a unit.

    In the order of `QUANTITIES`, so that sums over them do not depend on the text's or a set's.
    """
    found = units_in(text)
    return tuple(kind for kind in QUANTITIES if kind in found)


def conversion_of(text: str, units: Mapping[str, Collection[str]]) -> tuple[str, str] | None:
    """Return two units of one kind that a text gives, or gives and asks for; None without any.

    Parameters
    ----------
    text : str
        The text.
    units : mapping of str to collection of str
        What it gives, see `units_in`.
    """
    asked: dict[str, set[str]] = {}
    for unit in _ASKED.findall(text[:_MAX_CHARACTERS]) if units else ():
        if _KIND.get(unit) in units:
            asked.setdefault(_KIND[unit], set()).add(_ONE_NAME.get(unit, unit))
    for kind, given in units.items():
        found = {*given, *asked.get(kind, ())}
        if len(found) > 1 and kind not in _NO_CONVERSION:
            first, second = sorted(found)[:2]
            return first, second
    return None
