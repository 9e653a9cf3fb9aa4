"""Physics: forces, friction and collisions."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

_THE_MASS = ("the mass of {the} equals {source}",)

NEWTON = Relation(
    name="newton-second-law",
    title="the net force is mass times acceleration",
    domain="physics",
    field_="mechanics",
    equation="F = m*a",
    quantities=(
        Quantity(
            "m",
            "kg",
            0.1,
            50000,
            meaning="mass of a body",
            accepts=("mass",),
            given=("{the} has a mass of {value}", "the mass of {the} is {value}"),
            noun=("the mass of {the}",),
            link=("{the} has the same mass as {source}",),
        ),
        Quantity(
            "a",
            "m/s**2",
            0.05,
            20,
            meaning="acceleration",
            given=("{the} accelerates at {value}",),
            noun=("the acceleration of {the}",),
        ),
        Quantity(
            "F",
            "N",
            0.1,
            100000,
            meaning="force",
            units=("kN",),
            noun=("the net force on {the}",),
        ),
    ),
    skills=("newtons_laws", "multiplication"),
    source="OpenStax University Physics 1, section 5.3 (Newton's second law)",
    cases=(
        Case(
            {"a": "a shopping trolley", "the": "the trolley"},
            ranges={"m": (10, 60), "a": (0.1, 3), "F": (2, 180)},
        ),
        Case(
            {"a": "a small aeroplane", "the": "the aeroplane"},
            ranges={"m": (800, 6000), "a": (0.5, 5), "F": (500, 30000)},
        ),
        Case(
            {"a": "a curling stone", "the": "the curling stone"},
            ranges={"m": (17, 20), "a": (0.05, 3), "F": (1, 60)},
        ),
    ),
    setting=("{a} is pushed along a straight line",),
)

FRICTION = Relation(
    name="sliding-friction",
    title="on level ground, sliding friction is its coefficient times the weight",
    domain="physics",
    field_="mechanics",
    equation="F = mu*m*g",
    quantities=(
        Quantity(
            "m",
            "kg",
            0.5,
            3000,
            meaning="mass of a body",
            accepts=("mass",),
            given=("{the} has a mass of {value}",),
            noun=("the mass of {the}",),
            link=_THE_MASS,
        ),
        Quantity(
            "mu",
            "",
            0.02,
            0.9,
            digits=2,
            symbol=r"\mu",
            noun=("the coefficient of sliding friction under {the}",),
        ),
        Quantity(
            "F",
            "N",
            0.5,
            20000,
            meaning="force",
            units=("kN",),
            given=("a horizontal force of {value} keeps {the} moving steadily",),
            noun=("the force that keeps {the} moving steadily",),
            link=("the horizontal force that keeps {the} moving steadily equals {source}",),
            ask=("What horizontal force keeps {the} moving steadily?",),
        ),
    ),
    skills=("friction", "newtons_laws"),
    source="OpenStax University Physics 1, section 6.2 (friction)",
    cases=(
        Case(
            {"a": "a loaded sledge", "the": "the sledge"},
            ranges={"m": (20, 400), "mu": (0.02, 0.12)},
        ),
        Case({"a": "a wooden crate", "the": "the crate"}, ranges={"m": (5, 300), "mu": (0.2, 0.6)}),
        Case({"a": "a wardrobe", "the": "the wardrobe"}, ranges={"m": (30, 150), "mu": (0.2, 0.7)}),
    ),
    extras=(Extra("the way over the ground takes {value}", "s", 10, 60),),
    setting=("{a} slides at constant speed over level ground",),
)

MOMENTUM = Relation(
    name="sticking-collision",
    title="momentum is conserved when two bodies stick together",
    domain="physics",
    field_="mechanics",
    equation="u = m1*v/(m1 + m2)",
    quantities=(
        Quantity(
            "m1",
            "kg",
            0.1,
            40000,
            ask=(),
            symbol="m_1",
            meaning="mass of a body",
            accepts=("mass",),
            noun=("the mass of {the}",),
            link=_THE_MASS,
        ),
        Quantity(
            "m2",
            "kg",
            0.1,
            40000,
            symbol="m_2",
            meaning="mass of a body",
            accepts=("mass",),
            noun=("the mass of {other}",),
        ),
        Quantity(
            "v",
            "m/s",
            0.5,
            30,
            meaning="speed of a body",
            accepts=("speed",),
            units=("km/h",),
            given=("before the collision {the} moves at {value}",),
            noun=("the speed of {the} before the collision",),
            link=("before the collision {the} has a speed equal to {source}",),
            ask=("At what speed does {the} move before the collision?",),
        ),
        Quantity(
            "u",
            "m/s",
            0.1,
            29,
            meaning="speed of a body",
            units=("km/h",),
            given=("after the collision the two move on together at {value}",),
            noun=("the common speed after the collision",),
            ask=("At what common speed do the two move on after the collision?",),
        ),
    ),
    skills=("momentum_conservation",),
    source="OpenStax University Physics 1, section 9.4 (types of collisions)",
    cases=(
        Case(
            {
                "the": "the loaded wagon",
                "other": "the empty wagon",
                "scene": "a loaded railway wagon runs into an empty one at rest, the two couple",
            },
            ranges={"m1": (15000, 40000), "m2": (8000, 14000), "v": (0.5, 6)},
        ),
        Case(
            {
                "the": "the skater",
                "other": "the child",
                "scene": "a gliding skater catches hold of a child standing on the ice",
            },
            ranges={"m1": (45, 95), "m2": (15, 40), "v": (1, 9)},
        ),
    ),
    setting=("{scene}",),
)

RELATIONS = Family(__doc__, NEWTON, FRICTION, MOMENTUM)
