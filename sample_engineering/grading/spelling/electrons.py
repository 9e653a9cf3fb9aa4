"""Electron configurations and hybridisations: 1s^2 2s^2 2p^6, [Ne] 3s^1, sp^3."""

import re

from sample_engineering.grading.spelling.braces import unwrapped

# As many electrons as an orbital holds: "1s22s2" is 1s2 and 2s2.
_ORBITAL = r"\d(?:s\^?\{?[12]\}?|p\^?\{?[1-6]\}?|d\^?\{?(?:10|[1-9])\}?|f\^?\{?(?:1[0-4]|[1-9])\}?)"
_ORBITALS = re.compile(_ORBITAL)
_CONFIGURATION = re.compile(rf"(?:\[([A-Z][a-z]?)\])?((?:{_ORBITAL})+)")
_HYBRID = re.compile(r"(?:s(?:\^?1)?p(?:\^?[123])?(?:d(?:\^?[123])?)?|d(?:\^?[23])?sp(?:\^?[23])?)")
# What the noble gases stand for, innermost first.
_CORES = {"He": "1s2", "Ne": "2s2 2p6", "Ar": "3s2 3p6", "Kr": "4s2 3d10 4p6"}
_CORES |= {"Xe": "5s2 4d10 5p6", "Rn": "6s2 4f14 5d10 6p6"}


def read_electrons(text: str) -> tuple[str, ...] | None:
    """Read the occupied orbitals of a configuration, sorted, or a hybridisation; else None.

    A noble gas in brackets stands for its orbitals.
    """
    bare = re.sub(r"[\s~,]|\\(?=[;: ])", "", unwrapped(text))
    if _HYBRID.fullmatch(bare.replace("{", "").replace("}", "")):
        return (re.sub(r"[\^{}]", "", bare),)
    match = _CONFIGURATION.fullmatch(bare)
    if match is None or match[1] not in (None, *_CORES):
        return None
    shells = []
    for gas, orbitals in _CORES.items() if match[1] else ():
        shells += orbitals.split()
        if gas == match[1]:
            break
    shells += [re.sub(r"[\^{}]", "", orbital) for orbital in _ORBITALS.findall(match[2])]
    return tuple(sorted(shells)) if len(set(shells)) == len(shells) else None
