"""Engineering: stored energy."""

from sample_engineering.synthesis.relation import Case, Extra, Quantity, Relation

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
            units=("MJ",),
            given=("the full battery of {the} stores {value}",),
            noun=("the energy stored in the full battery of {the}",),
            link=("the energy stored in the full battery of {the} equals {source}",),
            ask=("How much energy does the full battery of {the} store?",),
        ),
        Quantity(
            "P",
            "W",
            0.5,
            50000,
            meaning="power",
            units=("kW",),
            given=("{the} draws a steady {value} from its battery",),
            noun=("the power that {the} draws from its battery",),
            link=("the power that {the} draws from its battery equals {source}",),
            ask=("What power does {the} draw from its battery?",),
        ),
        Quantity(
            "t",
            "min",
            2,
            3000,
            meaning="duration",
            units=("h",),
            given=("{the} uses up a full battery in {value}",),
            noun=("the time in which {the} uses up a full battery",),
            link=("the time in which {the} uses up a full battery equals {source}",),
            ask=("In what time does {the} use up a full battery?",),
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
            {"the": "the hearing aid"},
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
            given=("{the} burns {value} of {fuel}",),
            noun=("the mass of {fuel} burned by {the}",),
            link=("the mass of {fuel} burned by {the} equals {source}",),
            ask=("What mass of {fuel} does {the} burn?",),
        ),
        Quantity(
            "H",
            "MJ/kg",
            10,
            150,
            given=("the heating value of {fuel} is {value}",),
            noun=("the heating value of {fuel}",),
        ),
        Quantity(
            "Q",
            "MJ",
            0.02,
            20000,
            meaning="energy",
            units=("kJ",),
            given=("the fire in {the} gives {value} of heat",),
            noun=("the heat from the fire in {the}",),
            link=("the heat from the fire in {the} equals {source}",),
            ask=("How much heat does the fire in {the} give?",),
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
    setting=("{the} burns {fuel} completely",),
)

RELATIONS = (BATTERY, FUEL)
