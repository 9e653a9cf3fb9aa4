"""Math: volumes of solids."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

CYLINDER = Relation(
    name="cylinder-volume",
    title="the volume of a cylinder is the area of its base times its height",
    domain="math",
    field_="geometry",
    equation="V = pi*r**2*h",
    quantities=(
        Quantity(
            "r",
            "cm",
            2,
            80,
            meaning="length",
            units=("mm",),
            given=("{the} has an inner radius of {value}", "the inner radius of {the} is {value}"),
            noun=("the inner radius of {the}",),
        ),
        Quantity(
            "h",
            "cm",
            3,
            200,
            meaning="length",
            units=("m",),
            given=("{the} is {value} high inside", "{the} has an inner height of {value}"),
            noun=("the inner height of {the}",),
        ),
        Quantity(
            "V",
            "L",
            0.05,
            4000,
            meaning="volume",
            accepts=("volume of liquid", "volume of gas"),
            units=("cm**3", "m**3"),
            given=("{the} holds exactly {value}", "the capacity of {the} is {value}"),
            noun=("the volume that {the} holds", "the capacity of {the}"),
            link=("the capacity of {the} equals {source}",),
            ask=("What volume does {the} hold?", "What is the capacity of {the}?"),
        ),
    ),
    skills=("volume", "circle_properties", "squaring"),
    source="OpenStax Prealgebra 2e, section 9.6 (volume)",
    cases=(
        Case(
            {"a": "a cylindrical tank", "the": "the tank"}, ranges={"r": (20, 80), "h": (40, 200)}
        ),
        Case({"a": "a cylindrical jar", "the": "the jar"}, ranges={"r": (3, 9), "h": (8, 30)}),
        Case(
            {"a": "a cylindrical drum", "the": "the drum"}, ranges={"r": (15, 40), "h": (40, 120)}
        ),
    ),
    setting=("{a} is to be measured from the inside",),
    extras=(Extra("the wall of {the} is {value} thick", "mm", 1.5, 6),),
)

SPHERE = Relation(
    name="sphere-volume",
    title="the volume of a sphere",
    domain="math",
    field_="geometry",
    equation="V = 4*pi*r**3/3",
    quantities=(
        Quantity(
            "r",
            "cm",
            0.5,
            300,
            meaning="length",
            units=("mm", "m"),
            given=("{the} has a radius of {value}", "the radius of {the} is {value}"),
            noun=("the radius of {the}",),
        ),
        Quantity(
            "V",
            "L",
            0.0005,
            110000,
            meaning="volume",
            accepts=("volume of gas",),
            units=("cm**3", "m**3"),
            given=("{the} has a volume of {value}", "the volume of {the} is {value}"),
            noun=("the volume of {the}",),
        ),
    ),
    skills=("volume", "cubing"),
    source="OpenStax Prealgebra 2e, section 9.6 (volume)",
    cases=(
        Case({"a": "a balloon", "the": "the balloon"}, ranges={"r": (8, 150)}),
        Case({"a": "a steel ball", "the": "the steel ball"}, ranges={"r": (0.5, 20)}),
        Case({"a": "a round soap bubble", "the": "the bubble"}, ranges={"r": (1, 20)}),
    ),
    setting=("{a} is a perfect sphere", "{a} has the shape of a sphere"),
)

BOX = Relation(
    name="box-volume",
    title="the volume of a box is length times width times height",
    domain="math",
    field_="geometry",
    equation="V = l*w*h",
    quantities=(
        Quantity(
            "l",
            "m",
            0.2,
            12,
            meaning="length",
            units=("cm",),
            given=("{the} is {value} long inside",),
            noun=("the inner length of {the}",),
        ),
        Quantity(
            "w",
            "m",
            0.1,
            9,
            meaning="length",
            units=("cm",),
            symbol="b",
            given=("{the} is {value} wide inside",),
            noun=("the inner width of {the}",),
        ),
        Quantity(
            "h",
            "m",
            0.1,
            4,
            meaning="length",
            units=("cm",),
            given=("{the} is {value} high inside",),
            noun=("the inner height of {the}",),
        ),
        Quantity(
            "V",
            "m**3",
            0.005,
            400,
            meaning="volume",
            accepts=("volume of liquid", "volume of gas"),
            units=("L",),
            given=("{the} has a volume of {value}", "the volume of {the} is {value}"),
            noun=("the volume of {the}",),
        ),
    ),
    skills=("volume", "multiplication"),
    source="OpenStax Prealgebra 2e, section 9.6 (volume)",
    cases=(
        Case(
            {"a": "an aquarium", "the": "the aquarium"},
            ranges={"l": (0.4, 2), "w": (0.2, 0.9), "h": (0.2, 0.9), "V": (0.02, 1.5)},
        ),
        Case(
            {"a": "a freight container", "the": "the container"},
            ranges={"l": (3, 12), "w": (1.8, 2.5), "h": (1.8, 2.6)},
        ),
        Case(
            {"a": "a classroom", "the": "the classroom"},
            ranges={"l": (5, 12), "w": (4, 9), "h": (2.4, 4)},
        ),
    ),
    setting=("{a} has the shape of a rectangular box",),
)

RELATIONS = Family(__doc__, CYLINDER, SPHERE, BOX)
