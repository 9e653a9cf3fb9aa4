"""Physical constants that a problem states when a relation needs them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant as a problem states it: rounded, so that the text and the answer agree.

    Parameters
    ----------
    name : str
        The name used in equations.
    symbol : str
        LaTeX.
    value : str
        As printed: ``"9.81"`` or ``"6.626e-34"``.
    unit : str
        In pint's spelling; empty for a pure number.
    """

    name: str
    symbol: str
    value: str
    unit: str


# Values: CODATA 2022 (NIST), rounded to four figures; g as taught.
CONSTANTS = {
    item.name: item
    for item in (
        Constant("g", "g", "9.81", "m/s**2"),
        Constant("R_gas", "R", "8.314", "J/(mol*K)"),
        Constant("N_A", r"N_{\mathrm{A}}", "6.022e23", "1/mol"),
        Constant("F_const", "F", "96485", "C/mol"),
        Constant("h_planck", "h", "6.626e-34", "J*s"),
        Constant("c_light", "c", "2.998e8", "m/s"),
        Constant("k_B", r"k_{\mathrm{B}}", "1.381e-23", "J/K"),
        Constant("e_charge", "e", "1.602e-19", "C"),
        Constant("m_electron", r"m_{\mathrm{e}}", "9.109e-31", "kg"),
        Constant("k_coulomb", r"k_{\mathrm{e}}", "8.988e9", "N*m**2/C**2"),
        Constant("G_newton", "G", "6.674e-11", "N*m**2/kg**2"),
        Constant("sigma_SB", r"\sigma", "5.670e-8", "W/(m**2*K**4)"),
        Constant("mu_0", r"\mu_0", "1.257e-6", "T*m/A"),
        Constant("c_standard", r"c^{\circ}", "1", "mol/L"),  # standard concentration, by convention
    )
}
