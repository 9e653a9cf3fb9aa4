"""Chemistry: electrochemistry."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

ELECTROLYSIS = Relation(
    name="faradays-law",
    title="Faraday's law of electrolysis",
    domain="chemistry",
    field_="electrochemistry",
    equation="I*t = n*z*F_const",
    quantities=(
        Quantity(
            "I",
            "A",
            0.1,
            500,
            meaning="current",
            given=(
                "a steady current of {value} flows through {the}",
                "the current through {the} is {value}",
            ),
            noun=("the current through {the}",),
            ask=("What current flows through {the}?", "What is the current through {the}?"),
        ),
        Quantity(
            "t",
            "min",
            2,
            1500,
            meaning="electrolysis time",
            accepts=("duration",),
            given=("the electrolysis in {the} lasts for {value}", "{the} is run for {value}"),
            noun=("the duration of the electrolysis in {the}",),
            link=("the electrolysis in {the} lasts for exactly {source}",),
            ask=(
                "How long does the electrolysis in {the} last?",
                "What is the duration of the electrolysis in {the}?",
            ),
        ),
        Quantity(
            "z",
            "",
            1,
            4,
            ask=(),
            whole=True,
            given=("the number of electrons transferred per {particle} of {product} is {value}",),
            noun=("the number of electrons per {particle} of {product}",),
        ),
        Quantity(
            "n",
            "mol",
            0.002,
            100,
            meaning="amount of {product}",
            given=(
                "{the} produces {value} of {product}",
                "the amount of {product} produced by {the} is {value}",
            ),
            noun=("the amount of {product} produced by {the}",),
            ask=(
                "How many moles of {product} does {the} produce?",
                "What is the amount of {product} produced by {the}?",
            ),
        ),
    ),
    skills=("electrolysis", "multiplication", "division"),
    source="OpenStax Chemistry 2e, section 17.7 (electrolysis)",
    cases=(
        Case(
            {"the": "the silver-plating bath", "product": "silver", "particle": "atom"},
            fixed={"z": "1"},
            ranges={"I": (0.1, 20)},
        ),
        Case(
            {"the": "the copper-refining cell", "product": "copper", "particle": "atom"},
            fixed={"z": "2"},
            ranges={"I": (5, 500)},
        ),
        Case(
            {"the": "the hydrogen generator", "product": "hydrogen", "particle": "molecule"},
            fixed={"z": "2"},
            ranges={"I": (1, 200)},
        ),
        Case(
            {"the": "the oxygen concentrator cell", "product": "oxygen", "particle": "molecule"},
            fixed={"z": "4"},
            ranges={"I": (1, 200)},
        ),
    ),
    setting=("{the} makes {product} by electrolysis",),
    extras=(Extra("the electrodes in {the} stand {value} apart", "cm", 1.5, 12),),
)

CELL_WORK = Relation(
    name="galvanic-work",
    title="the greatest electrical work of a cell is charge times cell potential",
    domain="chemistry",
    field_="electrochemistry",
    equation="W = n*F_const*E",
    quantities=(
        Quantity(
            "n",
            "mol",
            0.001,
            50,
            meaning="amount of electrons",
            symbol=r"n_{\mathrm{e}}",
            given=(
                "{value} of electrons passes through the circuit of {the}",
                "the amount of electrons delivered by {the} is {value}",
            ),
            noun=("the amount of electrons delivered by {the}",),
            ask=(
                "How many moles of electrons does {the} deliver?",
                "What is the amount of electrons delivered by {the}?",
            ),
        ),
        Quantity(
            "E",
            "V",
            0.3,
            4.5,
            meaning="voltage",
            given=(
                "the cell potential of {the} is {value}",
                "the cell potential of {the} is found to be {value}",
            ),
            noun=("the cell potential of {the}",),
            ask=(
                "What is the cell potential of {the}?",
                "How high is the cell potential of {the}?",
            ),
        ),
        Quantity(
            "W",
            "kJ",
            0.05,
            20000,
            meaning="energy",
            units=("J", "Wh"),
            given=(
                "{the} delivers {value} of electrical energy",
                "the electrical energy delivered by {the} is {value}",
            ),
            noun=("the electrical energy delivered by {the}",),
            ask=(
                "How much electrical energy does {the} deliver?",
                "What is the electrical energy delivered by {the}?",
            ),
        ),
    ),
    skills=("cell_potential", "free_energy", "multiplication"),
    source="OpenStax Chemistry 2e, section 17.4 (potential, free energy and equilibrium)",
    cases=(
        Case({"the": "the button cell"}, ranges={"n": (0.001, 0.02), "E": (1.2, 3.2)}),
        Case({"the": "the zinc-air cell"}, ranges={"n": (0.02, 2), "E": (1.1, 1.5)}),
        Case({"the": "the fuel cell"}, ranges={"n": (1, 50), "E": (0.5, 1.2)}),
    ),
    extras=(Extra("{the} has a mass of {value}", "g", 2, 90),),
    setting=("{the} works at a constant cell potential without losses",),
)

NERNST = Relation(
    name="nernst-equation",
    title="the Nernst equation",
    domain="chemistry",
    field_="electrochemistry",
    equation="E = E0 - R_gas*T/(z*F_const)*log(a/b)",
    quantities=(
        Quantity(
            "E0",
            "V",
            0.2,
            2.5,
            ask=(),
            symbol=r"E^{\circ}",
            noun=("the standard cell potential of {the}",),
        ),
        Quantity(
            "z",
            "",
            1,
            3,
            ask=(),
            whole=True,
            given=("the number of electrons transferred in the cell reaction of {the} is {value}",),
            noun=("the number of electrons transferred in {the}",),
        ),
        Quantity(
            "T",
            "K",
            278,
            350,
            ask=(),
            meaning="temperature",
            units=("degC",),
            given=("{the} works at {value}",),
            noun=("the working temperature of {the}",),
        ),
        Quantity(
            "a",
            "mol/L",
            0.001,
            2,
            meaning="concentration of {anode}",
            symbol=r"c_{\mathrm{product}}",
            units=("mmol/L",),
            given=(
                "the concentration of {anode}, the product, in {the} is {value}",
                "the concentration of {anode}, the product, in {the} is found to be {value}",
            ),
            noun=("the concentration of {anode} in {the}",),
            link=("the concentration of {anode}, the product, in {the} equals {source}",),
            ask=(
                "What is the concentration of {anode} in {the}?",
                "How high is the concentration of {anode} in {the}?",
            ),
        ),
        Quantity(
            "b",
            "mol/L",
            0.001,
            2,
            meaning="concentration of {cathode}",
            symbol=r"c_{\mathrm{reactant}}",
            units=("mmol/L",),
            given=(
                "the concentration of {cathode}, the reactant, in {the} is {value}",
                "the concentration of {cathode}, the reactant, in {the} is found to be {value}",
            ),
            noun=("the concentration of {cathode} in {the}",),
            link=("the concentration of {cathode}, the reactant, in {the} equals {source}",),
            ask=(
                "What is the concentration of {cathode} in {the}?",
                "How high is the concentration of {cathode} in {the}?",
            ),
        ),
        Quantity(
            "E",
            "V",
            0.1,
            3,
            digits=4,
            meaning="voltage",
            given=(
                "a voltmeter reads {value} across {the}",
                "the cell potential of {the} at these concentrations is {value}",
            ),
            noun=("the cell potential of {the} at these concentrations",),
            link=("the reading of a voltmeter across {the} equals {source}",),
            ask=(
                "What is the cell potential of {the} at these concentrations?",
                "How high is the cell potential of {the} at these concentrations?",
            ),
        ),
    ),
    skills=("cell_potential", "logarithm", "chemical_equilibrium"),
    source="OpenStax Chemistry 2e, section 17.4 (the Nernst equation)",
    # Standard potentials: CRC Handbook of Chemistry and Physics.
    cases=(
        Case(
            {
                "the": "the Daniell cell",
                "anode": "zinc ions",
                "cathode": "copper ions",
                "metal": "zinc",
            },
            fixed={"E0": "1.10", "z": "2"},
        ),
        Case(
            {
                "the": "the nickel-copper cell",
                "anode": "nickel ions",
                "cathode": "copper ions",
                "metal": "nickel",
            },
            fixed={"E0": "0.599", "z": "2"},
        ),
        Case(
            {
                "the": "the zinc-cadmium cell",
                "anode": "zinc ions",
                "cathode": "cadmium ions",
                "metal": "zinc",
            },
            fixed={"E0": "0.359", "z": "2"},
        ),
    ),
    extras=(Extra("the electrodes in {the} stand {value} apart", "cm", 2, 9),),
    setting=("in {the}, {metal} dissolves as {anode} while {cathode} are deposited as metal",),
)

RELATIONS = Family(__doc__, ELECTROLYSIS, CELL_WORK, NERNST)
