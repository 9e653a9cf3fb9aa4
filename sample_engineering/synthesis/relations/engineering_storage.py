"""Engineering: energy stored and converted."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

EFFICIENCY = Relation(
    name="machine-efficiency",
    title="the useful energy is the efficiency times the energy put in",
    domain="engineering",
    field_="energy systems",
    equation="W = e*Q",
    quantities=(
        Quantity(
            "Q",
            "MJ",
            0.05,
            500,
            meaning="energy",
            units=("kJ", "kWh"),
            given=(
                "{value} of energy goes into {the}",
                "the energy that goes into {the} is {value}",
            ),
            noun=("the energy that goes into {the}",),
            ask=("How much energy goes into {the}?", "What is the energy that goes into {the}?"),
        ),
        Quantity(
            "e",
            "percent",
            10,
            97,
            meaning="efficiency",
            symbol=r"\eta",
            given=("the efficiency of {the} is {value}", "{the} has an efficiency of {value}"),
            noun=("the efficiency of {the}",),
            ask=("What is the efficiency of {the}?", "How high is the efficiency of {the}?"),
        ),
        Quantity(
            "W",
            "MJ",
            0.01,
            450,
            meaning="energy",
            units=("kJ", "kWh"),
            given=(
                "{value} of useful energy comes out of {the}",
                "the useful energy that comes out of {the} is {value}",
            ),
            noun=("the useful energy that comes out of {the}",),
            ask=(
                "How much useful energy comes out of {the}?",
                "What is the useful energy that comes out of {the}?",
            ),
        ),
    ),
    skills=("efficiency", "percentage", "multiplication"),
    source="Cengel and Boles, Thermodynamics: An Engineering Approach, chapter 2",
    cases=(
        Case({"the": "the hybrid engine"}, ranges={"e": (25, 45), "Q": (1, 500)}),
        Case({"the": "the heating system"}, ranges={"e": (75, 97), "Q": (1, 500)}),
        Case({"the": "the toy engine"}, ranges={"e": (10, 22), "Q": (0.05, 5)}),
        Case({"the": "the energy store"}, ranges={"e": (70, 95), "Q": (0.05, 20)}),
    ),
    setting=("{the} turns only part of the energy put into it into useful energy",),
    extras=(Extra("{the} has a mass of {value}", "kg", 12, 95),),
)


BATTERY = Relation(
    name="battery-runtime",
    title="the energy drawn from a battery is power times running time",
    domain="engineering",
    field_="energy systems",
    equation="E = P*t",
    quantities=(
        Quantity(
            "E",
            "kJ",
            1,
            400000,
            meaning="energy",
            given=(
                "the full battery of {the} stores {value}",
                "the energy stored in the full battery of {the} is {value}",
            ),
            noun=("the energy stored in the full battery of {the}",),
            ask=(
                "How much energy does the full battery of {the} store?",
                "What is the energy stored in the full battery of {the}?",
            ),
        ),
        Quantity(
            "P",
            "W",
            0.5,
            50000,
            meaning="power",
            given=(
                "{the} draws a steady {value} from its battery",
                "the power that {the} draws from its battery is {value}",
            ),
            noun=("the power that {the} draws from its battery",),
            ask=(
                "What power does {the} draw from its battery?",
                "What is the power that {the} draws from its battery?",
            ),
        ),
        Quantity(
            "t",
            "min",
            2,
            3000,
            meaning="duration",
            units=("h",),
            given=(
                "{the} uses up a full battery in {value}",
                "the time in which {the} uses up a full battery is {value}",
            ),
            noun=("the time in which {the} uses up a full battery",),
            ask=(
                "In what time does {the} use up a full battery?",
                "What is the time in which {the} uses up a full battery?",
            ),
        ),
    ),
    skills=("work_and_power", "multiplication", "division"),
    source="OpenStax University Physics 1, section 7.4 (power)",
    cases=(
        Case(
            {"the": "the surveying drone"},
            ranges={"P": (100, 1500), "t": (10, 60), "E": (60, 4000)},
        ),
        Case(
            {"the": "the bicycle lamp"},
            ranges={"P": (0.5, 2), "t": (60, 1500), "E": (1, 180)},
        ),
        Case(
            {"the": "the electric forklift"},
            ranges={"P": (2000, 15000), "t": (120, 900), "E": (15000, 400000)},
        ),
        Case(
            {"the": "the lifeboat radio"},
            ranges={"P": (5, 60), "t": (60, 3000), "E": (20, 8000)},
        ),
    ),
    setting=("{the} runs on a battery that delivers all the energy stored in it",),
    extras=(Extra("the battery of {the} is {value} old", "month", 11, 60),),
)


# Heating values: Engineering ToolBox and the CRC Handbook of Chemistry and Physics.
FUEL = Relation(
    name="fuel-heating-value",
    title="the heat from a fuel is its mass times its heating value",
    domain="engineering",
    field_="energy systems",
    equation="Q = m*H",
    quantities=(
        Quantity(
            "m",
            "kg",
            0.001,
            500,
            meaning="mass of {fuel}",
            accepts=("mass",),
            units=("g",),
            given=(
                "{the} burns {value} of {fuel}",
                "the mass of {fuel} burned by {the} is {value}",
            ),
            noun=("the mass of {fuel} burned by {the}",),
            ask=(
                "What mass of {fuel} does {the} burn?",
                "What is the mass of {fuel} burned by {the}?",
            ),
        ),
        Quantity(
            "H",
            "MJ/kg",
            10,
            150,
            ask=(),
            noun=("the heating value of {fuel}",),
        ),
        Quantity(
            "Q",
            "MJ",
            0.02,
            20000,
            meaning="energy",
            units=("kJ",),
            given=(
                "the fire in {the} gives {value} of heat",
                "the heat from the fire in {the} is {value}",
            ),
            noun=("the heat from the fire in {the}",),
            ask=(
                "How much heat does the fire in {the} give?",
                "What is the heat from the fire in {the}?",
            ),
        ),
    ),
    skills=("enthalpy", "multiplication", "division"),
    source="Cengel and Boles, Thermodynamics: An Engineering Approach, chapter 15 (heating value)",
    cases=(
        Case(
            {"the": "the test burner", "fuel": "ethanol"},
            fixed={"H": "26.8"},
            ranges={"m": (0.001, 20)},
        ),
        Case(
            {"the": "the pellet stove", "fuel": "dry plant matter"},
            fixed={"H": "18.0"},
            ranges={"m": (0.2, 500)},
        ),
        Case(
            {"the": "the gas turbine", "fuel": "methane"},
            fixed={"H": "50.0"},
            ranges={"m": (0.05, 400)},
        ),
    ),
    extras=(Extra("{the} has a mass of {value}", "kg", 40, 900),),
    setting=("{the} burns {fuel} completely",),
)


RELATIONS = Family(__doc__, EFFICIENCY, BATTERY, FUEL)
