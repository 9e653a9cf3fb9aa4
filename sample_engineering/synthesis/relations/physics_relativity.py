"""Physics: relativity."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

MASS_ENERGY = Relation(
    name="mass-energy",
    title="energy is mass times the speed of light squared",
    domain="physics",
    field_="modern physics",
    equation="E = m*c_light**2",
    quantities=(
        Quantity(
            "m",
            "mg",
            1e-6,
            5000,
            meaning="",
            units=("g",),
            noun=("the mass defect in {the}",),
        ),
        Quantity(
            "E",
            "GJ",
            0.05,
            500000,
            meaning="energy",
            units=("TJ", "MJ"),
            given=("{the} sets {value} of energy free",),
            noun=("the energy set free in {the}",),
            ask=("How much energy is set free in {the}?",),
        ),
    ),
    skills=("special_relativity", "scientific_notation", "squaring"),
    source="OpenStax University Physics 3, section 5.9 (relativistic energy)",
    cases=(
        Case({"a": "a nuclear reactor", "the": "the reactor"}, ranges={"m": (1, 5000)}),
        Case(
            {"a": "a fusion experiment", "the": "the fusion experiment"}, ranges={"m": (1e-6, 1e-2)}
        ),
    ),
    setting=("the energy from {a} is matched by a loss of mass",),
)

DILATION = Relation(
    name="time-dilation",
    title="a moving clock runs slow",
    domain="physics",
    field_="modern physics",
    equation="t = t0/sqrt(1 - beta**2)",
    quantities=(
        Quantity(
            "t0",
            "us",
            0.5,
            100,
            symbol="t_0",
            meaning="",
            given=("in its own frame {the} exists for {value}",),
            noun=("the lifetime of {the} in its own frame",),
            ask=("For how long does {the} exist in its own frame?",),
        ),
        Quantity(
            "beta",
            "percent",
            20,
            99.5,
            symbol=r"\beta",
            given=("{the} moves at {value} of the speed of light",),
            noun=("the speed of {the} as a percentage of the speed of light",),
            ask=("At what percentage of the speed of light does {the} move?",),
        ),
        Quantity(
            "t",
            "us",
            0.6,
            900,
            meaning="duration",
            given=("in the frame of the laboratory {the} exists for {value}",),
            noun=("the lifetime of {the} in the frame of the laboratory",),
            ask=("For how long does {the} exist in the frame of the laboratory?",),
        ),
    ),
    skills=("special_relativity", "square_root"),
    source="OpenStax University Physics 3, section 5.3 (time dilation)",
    cases=(
        Case({"a": "a muon", "the": "the muon"}, ranges={"t0": (0.5, 9)}),
        Case({"a": "an unstable ion", "the": "the ion"}, ranges={"t0": (2, 100)}),
    ),
    setting=("{a} flies through a laboratory until it decays",),
    extras=(Extra("the laboratory is {value} long", "m", 20, 90),),
)

RELATIONS = Family(__doc__, MASS_ENERGY, DILATION)
