"""The values in which physical constants are usually given, and which of them a number is."""

from sample_engineering.synthesis.constants import CONSTANTS

# As printed in textbooks, tables and problem sheets; the last of each is CODATA 2022 (NIST), to
# eight figures at most. SI units. Names are those of `synthesis.constants`, and pi.
USUAL: dict[str, tuple[float, ...]] = {
    "g": (10.0, 9.8, 9.81, 9.80665),
    "R_gas": (8.31, 8.314, 8.3145, 8.3144626),
    "N_A": (6.02e23, 6.022e23, 6.0221408e23),
    "F_const": (96500.0, 96485.0, 96485.332),
    "h_planck": (6.6e-34, 6.63e-34, 6.626e-34, 6.6260702e-34),
    "c_light": (3e8, 2.998e8, 2.99792458e8),
    "k_B": (1.38e-23, 1.381e-23, 1.380649e-23),
    "e_charge": (1.6e-19, 1.602e-19, 1.6021766e-19),
    "m_electron": (9.11e-31, 9.109e-31, 9.1093837e-31),
    "k_coulomb": (9e9, 8.99e9, 8.988e9, 8.9875518e9),
    "G_newton": (6.67e-11, 6.674e-11, 6.6743e-11),
    "sigma_SB": (5.67e-8, 5.670374e-8),
    "mu_0": (1.26e-6, 1.257e-6, 1.2566371e-6),
    "pi": (3.14, 3.1416, 3.141592653589793),
}
_SAME = 1e-9
_AMBIGUOUS = frozenset({10.0, 96500.0})  # numbers that are more often something else


def constant_of(number: float) -> str | None:
    """Return the name of the constant that a number surely is, or None."""
    if number in _AMBIGUOUS:
        return None
    for name, values in USUAL.items():
        if any(abs(number - value) <= _SAME * value for value in values):
            return name
    return None


def others(name: str, number: float) -> tuple[float, ...]:
    """Return the other usual values of a constant."""
    return tuple(
        value for value in USUAL.get(name, ()) if abs(value - number) > _SAME * abs(number)
    )


def symbol(name: str) -> str:
    """Return how a constant is written in formulas (LaTeX)."""
    return CONSTANTS[name].symbol if name in CONSTANTS else "\\" + name
