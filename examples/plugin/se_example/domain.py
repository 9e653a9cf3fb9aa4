"""A domain: a subject, the names it goes by, and the skills that it brings."""

from sample_engineering.skills import Domain

_SKILLS = """
[sky.orbits]
definition = "Relating radius, period and speed on an orbit."
example = "A satellite 7000 km from the centre with a period of 97 min moves at 7.6 km/s."
domains = ["astronomy", "physics"]
words = ["orbit", "satellite", "circles the earth"]
"""

astronomy = Domain(
    "astronomy", "orbits and stars", subjects=r"astronom|cosmolog", skills=(_SKILLS,)
)
