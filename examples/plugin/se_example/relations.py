"""Astronomy: orbits."""

from sample_engineering.synthesis.relation import Case, Family, Quantity, Relation

ORBIT = Relation(
    name="satellite-speed",
    title="the speed on a circular orbit is its circumference over its period",
    domain="astronomy",
    field_="orbits",
    equation="v = 2*pi*r/T",
    quantities=(
        Quantity("r", "km", 6600, 9000, noun=("the radius of the orbit of {the}",)),
        Quantity("T", "min", 85, 140, noun=("the period of {the}",), meaning="duration"),
        Quantity("v", "km/s", 4, 12, noun=("the speed of {the}",), meaning="speed"),
    ),
    skills=("orbits", "division"),
    source="OpenStax Astronomy 2e, section 3.5",
    cases=(Case({"a": "a weather satellite", "the": "the satellite"}),),
    setting=("{a} circles the Earth at a steady speed",),
)

RELATIONS = Family(__doc__, ORBIT)
