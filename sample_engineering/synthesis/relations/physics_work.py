"""Physics: work, lifting and power."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

WORK = Relation(
    name="work",
    title="work is force times distance along the force",
    domain="physics",
    field_="mechanics",
    equation="W = F*s",
    quantities=(
        Quantity(
            "F",
            "N",
            1,
            100000,
            meaning="force",
            units=("kN",),
            given=("{the} pulls with a force of {value}",),
            noun=("the force with which {the} pulls",),
            link=("{the} pulls with a force equal to {source}",),
            ask=("With what force does {the} pull?",),
        ),
        Quantity(
            "s",
            "m",
            0.5,
            5000,
            meaning="distance",
            accepts=("length",),
            units=("km",),
            given=("{the} pulls the load over {value}",),
            noun=("the distance over which {the} pulls the load",),
            link=("{the} pulls the load over a distance equal to {source}",),
            ask=("Over what distance does {the} pull the load?",),
        ),
        Quantity(
            "W",
            "kJ",
            0.01,
            10000,
            meaning="energy",
            units=("J",),
            given=("{the} does {value} of work",),
            noun=("the work done by {the}",),
            ask=("How much work does {the} do?",),
        ),
    ),
    skills=("work_and_power", "multiplication"),
    source="OpenStax University Physics 1, section 7.1 (work)",
    cases=(
        Case({"a": "a winch", "the": "the winch"}, ranges={"F": (200, 20000), "s": (2, 200)}),
        Case(
            {"a": "a draught horse", "the": "the horse"}, ranges={"F": (200, 1500), "s": (20, 3000)}
        ),
        Case(
            {"a": "a tractor", "the": "the tractor"}, ranges={"F": (1000, 40000), "s": (10, 2000)}
        ),
    ),
    extras=(Extra("the rope to the load is {value} long", "m", 2, 20),),
    setting=("{a} pulls a load, with the force along the direction of motion",),
)

LIFT = Relation(
    name="lifting-energy",
    title="the potential energy gained is mass times $g$ times height",
    domain="physics",
    field_="energy",
    equation="E = m*g*h",
    quantities=(
        Quantity(
            "m",
            "kg",
            0.5,
            20000,
            meaning="mass of a body",
            accepts=("mass", "mass of water"),
            given=("{the} has a mass of {value}",),
            noun=("the mass of {the}",),
        ),
        Quantity(
            "h",
            "m",
            0.5,
            3000,
            meaning="height",
            accepts=("length",),
            given=("{the} is raised by {value}",),
            noun=("the height by which {the} is raised",),
            link=("{the} is raised by a height equal to {source}",),
            ask=("By what height is {the} raised?",),
        ),
        Quantity(
            "E",
            "kJ",
            0.01,
            20000,
            meaning="energy",
            units=("J", "MJ"),
            given=("the potential energy of {the} grows by {value}",),
            noun=("the gain in potential energy of {the}", "the energy needed to raise {the}"),
            link=("raising {the} takes exactly {source}",),
            ask=(
                "How much energy does it take to raise {the}?",
                "By how much does the potential energy of {the} grow?",
            ),
        ),
    ),
    skills=("energy_conservation", "work_and_power"),
    source="OpenStax University Physics 1, section 8.1 (potential energy)",
    cases=(
        Case(
            {"a": "a lift with its passengers", "the": "the lift"},
            ranges={"m": (300, 2000), "h": (3, 150)},
        ),
        Case(
            {"a": "a mountaineer with a pack", "the": "the mountaineer"},
            ranges={"m": (55, 120), "h": (50, 2000)},
        ),
        Case({"a": "a bucket of sand", "the": "the bucket"}, ranges={"m": (3, 25), "h": (1, 30)}),
    ),
    setting=("{a} is raised slowly, without friction",),
    extras=(Extra("the whole movement takes {value}", "min", 2, 9),),
)

LIFT_POWER = Relation(
    name="lifting-power",
    title="power is work over time",
    domain="physics",
    field_="energy",
    equation="P = W/t",
    quantities=(
        Quantity(
            "W",
            "kJ",
            0.5,
            100000,
            meaning="energy",
            units=("MJ",),
            given=("{the} does {value} of useful work",),
            noun=("the useful work of {the}",),
            ask=("How much useful work does {the} do?",),
        ),
        Quantity(
            "t",
            "s",
            2,
            3600,
            meaning="duration",
            units=("min",),
            given=("{the} is at work for {value}",),
            noun=("the time for which {the} is at work",),
            link=("{the} is at work for exactly {source}",),
            ask=("For how long is {the} at work?",),
        ),
        Quantity(
            "P",
            "kW",
            0.05,
            500,
            meaning="power",
            units=("W",),
            given=("{the} has a useful power of {value}",),
            noun=("the useful power of {the}",),
        ),
    ),
    skills=("work_and_power", "division"),
    source="OpenStax University Physics 1, section 7.4 (power)",
    cases=(
        Case(
            {"a": "a crane motor", "the": "the crane motor"}, ranges={"P": (1, 100), "t": (5, 600)}
        ),
        Case({"a": "a water pump", "the": "the pump"}, ranges={"P": (0.1, 50), "t": (60, 3600)}),
        Case(
            {"a": "a ski-lift engine", "the": "the engine"},
            ranges={"P": (10, 400), "t": (30, 3600)},
        ),
    ),
    extras=(Extra("{the} has a mass of {value}", "kg", 20, 400),),
    setting=("{a} works at a steady rate",),
)

RELATIONS = Family(__doc__, WORK, LIFT, LIFT_POWER)
