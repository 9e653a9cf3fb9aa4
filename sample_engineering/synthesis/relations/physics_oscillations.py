"""Physics: springs and pendulums."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

SPRING = Relation(
    name="spring-energy",
    title="the energy of a stretched spring is half its stiffness times the stretch squared",
    domain="physics",
    field_="energy",
    equation="E = D*x**2/2",
    quantities=(
        Quantity(
            "D",
            "N/m",
            5,
            50000,
            given=("{the} has a spring constant of {value}",),
            noun=("the spring constant of {the}",),
        ),
        Quantity(
            "x",
            "cm",
            0.5,
            60,
            meaning="length",
            units=("mm", "m"),
            given=("{the} is compressed by {value}",),
            noun=("the distance by which {the} is compressed",),
            ask=("By what distance is {the} compressed?",),
        ),
        Quantity(
            "E",
            "J",
            0.01,
            3000,
            meaning="energy",
            units=("kJ",),
            given=("{the} stores an energy of {value}",),
            noun=("the energy stored in {the}",),
            ask=("How much energy does {the} store?",),
        ),
    ),
    skills=("energy_conservation", "squaring", "square_root"),
    source="OpenStax University Physics 1, section 8.1 (elastic potential energy)",
    cases=(
        Case(
            {"a": "a buffer spring", "the": "the buffer spring"},
            ranges={"D": (2000, 50000), "x": (2, 30)},
        ),
        Case(
            {"a": "the spring of a toy gun", "the": "the spring of the toy gun"},
            ranges={"D": (50, 1500), "x": (2, 12)},
        ),
    ),
    extras=(Extra("{the} has a mass of {value}", "g", 20, 400),),
    setting=("{a} obeys Hooke's law",),
)

HOOKE = Relation(
    name="hooke-law",
    title="the force of a spring is its stiffness times the stretch",
    domain="physics",
    field_="mechanics",
    equation="F = D*x",
    quantities=(
        Quantity(
            "F",
            "N",
            0.2,
            5000,
            meaning="force",
            given=("{the} is pulled with a force of {value}",),
            noun=("the force that pulls {the}",),
            link=("{the} is pulled with a force equal to {source}",),
            ask=("With what force is {the} pulled?",),
        ),
        Quantity(
            "D",
            "N/m",
            5,
            20000,
            noun=("the spring constant of {the}",),
        ),
        Quantity(
            "x",
            "cm",
            0.5,
            60,
            meaning="length",
            units=("mm",),
            given=("{the} stretches by {value}",),
            noun=("the distance by which {the} stretches",),
            ask=("By how much does {the} stretch?",),
        ),
    ),
    skills=("direct_and_inverse_variation",),
    source="OpenStax University Physics 1, section 5.6 (common forces)",
    cases=(
        Case(
            {"a": "a spring balance", "the": "the spring of the balance"},
            ranges={"F": (0.5, 100), "D": (20, 1000)},
        ),
        Case(
            {"a": "an exercise expander", "the": "the expander"},
            ranges={"F": (20, 400), "D": (200, 2000)},
        ),
    ),
    extras=(Extra("{the} has a mass of {value}", "g", 20, 400),),
    setting=("{a} obeys Hooke's law",),
)

PENDULUM = Relation(
    name="pendulum-period",
    title="the period of a simple pendulum",
    domain="physics",
    field_="mechanics",
    equation="T = 2*pi*sqrt(l/g)",
    quantities=(
        Quantity(
            "l",
            "m",
            0.1,
            70,
            meaning="length",
            units=("cm",),
            given=("{the} has a length of {value}",),
            noun=("the length of {the}",),
            ask=("How long is {the}?", "What is the length of {the}?"),
        ),
        Quantity(
            "T",
            "s",
            0.6,
            17,
            meaning="duration",
            given=("one full swing of {the} takes {value}",),
            noun=("the period of {the}",),
            ask=("What is the period of {the}?", "How long does one full swing of {the} take?"),
        ),
    ),
    skills=("oscillation", "square_root"),
    source="OpenStax University Physics 1, section 15.4 (pendulums)",
    cases=(
        Case({"a": "a clock pendulum", "the": "the clock pendulum"}, ranges={"l": (0.1, 2)}),
        Case({"a": "a Foucault pendulum", "the": "the Foucault pendulum"}, ranges={"l": (8, 70)}),
        Case(
            {"a": "a plumb bob on a string", "the": "the string with the bob"},
            ranges={"l": (0.3, 6)},
        ),
    ),
    setting=("{a} swings with a small amplitude, as a simple pendulum",),
    extras=(Extra("the bob has a mass of {value}", "kg", 0.4, 5),),
)

RELATIONS = Family(__doc__, SPRING, HOOKE, PENDULUM)
