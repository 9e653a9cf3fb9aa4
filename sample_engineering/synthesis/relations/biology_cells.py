"""Biology: numbers of cells, and what cells take up and give off."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

CELL_DENSITY = Relation(
    name="cell-density",
    title="the number of cells is the cell density times the volume",
    domain="biology",
    field_="cell biology",
    equation="N = d*V",
    quantities=(
        Quantity(
            "d",
            "1/mL",
            1000,
            1e10,
            meaning="cell density",
            given=(
                "the cell density in {the} is {value}",
                "the cell density in {the} is found to be {value}",
            ),
            noun=("the cell density in {the}",),
            ask=("What is the cell density in {the}?", "How high is the cell density in {the}?"),
        ),
        Quantity(
            "V",
            "mL",
            0.1,
            20000,
            meaning="volume of liquid",
            accepts=("volume",),
            units=("L",),
            given=("{the} has a volume of {value}", "the volume of {the} is {value}"),
            noun=("the volume of {the}",),
            ask=("What volume does {the} have?", "What is the volume of {the}?"),
        ),
        Quantity(
            "N",
            "",
            1000,
            1e13,
            meaning="count of cells",
            given=("{the} contains {value} {cells}", "the number of {cells} in {the} is {value}"),
            noun=("the number of {cells} in {the}",),
            ask=("How many {cells} does {the} contain?", "What is the number of {cells} in {the}?"),
        ),
    ),
    skills=("cell_structure", "concentration", "multiplication"),
    source="OpenStax Microbiology, section 9.1 (counting cells)",
    cases=(
        Case(
            {"the": "the blood sample", "cells": "red cells"},
            ranges={"d": (3.5e9, 6e9), "V": (0.5, 20)},
        ),
        Case(
            {"the": "the algal suspension", "cells": "algal cells"},
            ranges={"d": (1e4, 5e7), "V": (10, 20000)},
        ),
        Case(
            {"the": "the starter culture", "cells": "bacteria"},
            ranges={"d": (1e6, 5e9), "V": (1, 5000)},
        ),
    ),
    extras=(Extra("{the} is kept at {value}", "degC", 18, 37),),
    setting=("the {cells} are spread evenly through {the}",),
)

MUTANTS = Relation(
    name="resistant-mutants",
    title="the expected number of mutants is the number of cells times the mutant frequency",
    domain="biology",
    field_="molecular biology",
    equation="m = u*N",
    quantities=(
        Quantity(
            "N",
            "",
            1000,
            1e13,
            meaning="count of cells",
            given=(
                "{value} cells are spread on {the}",
                "the number of cells spread on {the} is {value}",
            ),
            noun=("the number of cells spread on {the}",),
            ask=(
                "How many cells are spread on {the}?",
                "What is the number of cells spread on {the}?",
            ),
        ),
        Quantity(
            "u",
            "",
            1e-10,
            1e-4,
            meaning="mutant frequency",
            given=(
                "the frequency of mutants resistant to {drug} is {value}",
                "the frequency of mutants resistant to {drug} is found to be {value}",
            ),
            noun=("the frequency of mutants resistant to {drug}",),
        ),
        Quantity(
            "m",
            "",
            100,
            100000,
            meaning="count of colonies",
            noun=("the expected number of resistant colonies on {the}",),
            ask=(
                "How many resistant colonies are expected on {the}?",
                "What is the expected number of resistant colonies on {the}?",
            ),
        ),
    ),
    skills=("molecular_genetics", "evolution", "multiplication"),
    source="Luria and Delbruck (1943); OpenStax Microbiology, section 11.5 (mutations)",
    cases=(
        Case(
            {"the": "the agar plates", "drug": "rifampicin"},
            ranges={"u": (1e-8, 1e-6), "N": (1e6, 1e11), "m": (100, 3000)},
        ),
        Case(
            {"the": "the trays of agar", "drug": "streptomycin"},
            ranges={"u": (1e-9, 1e-7), "N": (1e8, 1e11), "m": (100, 3000)},
        ),
        Case(
            {"the": "the selective medium", "drug": "nalidixic acid"},
            ranges={"u": (1e-9, 1e-6), "N": (1e8, 1e11), "m": (100, 3000)},
        ),
    ),
    setting=("only mutants resistant to {drug} grow into colonies on {the}",),
)

RESPIRATION = Relation(
    name="cellular-respiration",
    title="in cellular respiration six molecules of gas go with one molecule of glucose",
    domain="biology",
    field_="metabolism",
    equation="n_g = r*n_s",
    quantities=(
        Quantity(
            "n_s",
            "mol",
            0.0005,
            20,
            meaning="amount of glucose",
            symbol=r"n_{\mathrm{glucose}}",
            units=("mmol",),
            given=(
                "the cells of {the} break down {value} of glucose",
                "the amount of glucose broken down by {the} is {value}",
            ),
            noun=("the amount of glucose broken down by {the}",),
            ask=(
                "What amount of glucose do the cells of {the} break down?",
                "What is the amount of glucose broken down by {the}?",
            ),
        ),
        Quantity(
            "r",
            "",
            1,
            40,
            ask=(),
            exact=True,
            given=("the number of molecules of {gas} {used} per molecule of glucose is {value}",),
            noun=("the number of molecules of {gas} per molecule of glucose",),
        ),
        Quantity(
            "n_g",
            "mol",
            0.003,
            600,
            meaning="amount of {gas}",
            symbol=r"n_{\mathrm{product}}",
            units=("mmol",),
            given=(
                "{value} of {gas} is {used} by {the}",
                "the amount of {gas} {used} by {the} is {value}",
            ),
            noun=("the amount of {gas} {used} by {the}",),
            ask=(
                "What amount of {gas} is {used} by {the}?",
                "What is the amount of {gas} {used} by {the}?",
            ),
        ),
    ),
    skills=("metabolism", "reaction_stoichiometry", "multiplication"),
    source="OpenStax Biology 2e, sections 7.1 to 7.4 (cellular respiration)",
    # About 30 molecules of ATP per glucose: Berg, Tymoczko and Stryer, Biochemistry.
    cases=(
        Case(
            {"the": "the sprinting dog", "gas": "oxygen", "used": "used up"},
            fixed={"r": "6"},
            ranges={"n_s": (0.01, 2), "n_g": (0.06, 12)},
        ),
        Case(
            {"the": "the germinating peas", "gas": "carbon dioxide", "used": "given off"},
            fixed={"r": "6"},
            ranges={"n_s": (0.0005, 0.1), "n_g": (0.003, 0.6)},
        ),
        Case(
            {"the": "the liver tissue", "gas": "ATP", "used": "made"},
            fixed={"r": "30"},
            ranges={"n_s": (0.0005, 0.5), "n_g": (0.015, 15)},
        ),
    ),
    setting=("the cells of {the} break glucose down completely by cellular respiration",),
)

PHOTOSYNTHESIS = Relation(
    name="photosynthesis-energy",
    title="the energy stored is the photosynthetic efficiency times the light absorbed",
    domain="biology",
    field_="metabolism",
    equation="E = f*L",
    quantities=(
        Quantity(
            "L",
            "kJ",
            10,
            500000,
            meaning="energy",
            units=("MJ",),
            given=(
                "{the} absorbs {value} of light energy",
                "the light energy absorbed by {the} is {value}",
            ),
            noun=("the light energy absorbed by {the}",),
            ask=(
                "How much light energy does {the} absorb?",
                "What is the light energy absorbed by {the}?",
            ),
        ),
        Quantity(
            "f",
            "percent",
            0.2,
            6,
            meaning="efficiency",
            given=(
                "{the} stores {value} of the light energy as chemical energy",
                "the photosynthetic efficiency of {the} is {value}",
            ),
            noun=("the photosynthetic efficiency of {the}",),
            ask=(
                "What percentage of the light energy does {the} store as chemical energy?",
                "What is the photosynthetic efficiency of {the}?",
            ),
        ),
        Quantity(
            "E",
            "kJ",
            0.2,
            30000,
            meaning="energy",
            units=("J",),
            given=(
                "{the} stores {value} of chemical energy",
                "the chemical energy stored by {the} is {value}",
            ),
            noun=("the chemical energy stored by {the}",),
            ask=(
                "How much chemical energy does {the} store?",
                "What is the chemical energy stored by {the}?",
            ),
        ),
    ),
    skills=("metabolism", "efficiency", "percentage"),
    source="OpenStax Biology 2e, section 8.1 (overview of photosynthesis)",
    cases=(
        Case({"the": "the wheat plot"}, ranges={"L": (5000, 500000), "E": (20, 30000)}),
        Case({"the": "the algae tank"}, ranges={"L": (10, 5000), "E": (0.2, 300)}),
        Case({"the": "the sugar-cane field"}, ranges={"L": (50000, 500000), "E": (100, 30000)}),
    ),
    extras=(Extra("the air over {the} is at {value}", "degC", 15, 30),),
    setting=("{the} turns light into chemical energy by photosynthesis",),
)

RELATIONS = Family(__doc__, CELL_DENSITY, MUTANTS, RESPIRATION, PHOTOSYNTHESIS)
