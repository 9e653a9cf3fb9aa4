"""Physics: currents, resistors and electric power."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

OHM = Relation(
    name="ohms-law",
    title="voltage is current times resistance",
    domain="physics",
    field_="electricity",
    equation="U = I*R",
    quantities=(
        Quantity(
            "U",
            "V",
            0.5,
            1000,
            meaning="voltage",
            units=("mV",),
            noun=("the voltage across {the}",),
        ),
        Quantity(
            "I",
            "A",
            0.001,
            50,
            meaning="current",
            units=("mA",),
            noun=("the current through {the}",),
        ),
        Quantity(
            "R",
            "ohm",
            0.5,
            100000,
            meaning="resistance",
            units=("kohm",),
            given=("{the} has a resistance of {value}",),
            noun=("the resistance of {the}",),
            link=("{the} has a resistance equal to {source}",),
        ),
    ),
    skills=("ohms_law", "multiplication"),
    source="OpenStax University Physics 2, section 9.4 (Ohm's law)",
    cases=(
        Case(
            {"a": "a wire-wound resistor", "the": "the resistor"},
            ranges={"U": (1, 60), "I": (0.002, 2), "R": (5, 10000)},
        ),
        Case(
            {"a": "a heating coil", "the": "the coil"},
            ranges={"U": (12, 240), "I": (0.5, 15), "R": (5, 200)},
        ),
    ),
    setting=("{a} is part of a circuit with steady direct current",),
    extras=(Extra("the leads of {the} are {value} long", "cm", 3, 30),),
)

POWER = Relation(
    name="electric-power",
    title="electric power is voltage times current",
    domain="physics",
    field_="electricity",
    equation="P = U*I",
    quantities=(
        Quantity(
            "U",
            "V",
            1,
            1000,
            meaning="voltage",
            given=("{the} runs at {value}",),
            noun=("the operating voltage of {the}",),
            ask=("At what voltage does {the} run?",),
        ),
        Quantity(
            "I",
            "A",
            0.01,
            100,
            meaning="current",
            units=("mA",),
            given=("{the} draws a current of {value}",),
            noun=("the current that {the} draws",),
            ask=("What current does {the} draw?",),
        ),
        Quantity(
            "P",
            "W",
            0.1,
            50000,
            meaning="power",
            units=("kW",),
            given=("{the} takes in an electric power of {value}",),
            noun=("the electric power that {the} takes in",),
            link=("{the} takes in an electric power equal to {source}",),
            ask=("What electric power does {the} take in?",),
        ),
    ),
    skills=("electric_power", "multiplication"),
    source="OpenStax University Physics 2, section 9.5 (electrical energy and power)",
    cases=(
        Case(
            {"a": "a floodlight", "the": "the floodlight"}, ranges={"U": (12, 240), "P": (20, 2000)}
        ),
        Case(
            {"a": "the motor of an electric bicycle", "the": "the bicycle motor"},
            ranges={"U": (24, 48), "P": (100, 800)},
        ),
        Case(
            {"a": "a laptop charger", "the": "the charger"}, ranges={"U": (5, 24), "P": (10, 140)}
        ),
    ),
    extras=(Extra("the cable of {the} is {value} long", "m", 1, 5),),
    setting=("{a} is fed with direct current",),
)

JOULE = Relation(
    name="joule-heating",
    title="the power turned into heat is current squared times resistance",
    domain="physics",
    field_="electricity",
    equation="P = I**2*R",
    quantities=(
        Quantity(
            "I",
            "A",
            0.01,
            60,
            meaning="current",
            units=("mA",),
            given=("a current of {value} flows through {the}",),
            noun=("the current that flows through {the}",),
            ask=("What current flows through {the}?",),
        ),
        Quantity(
            "R",
            "ohm",
            0.01,
            5000,
            meaning="resistance",
            units=("kohm",),
            noun=("the resistance of {the}",),
        ),
        Quantity(
            "P",
            "W",
            0.05,
            5000,
            meaning="power",
            units=("kW",),
            given=("{the} turns electrical energy into heat at a rate of {value}",),
            noun=("the heating power of {the}",),
            ask=(
                "At what rate does {the} turn electrical energy into heat?",
                "What is the heating power of {the}?",
            ),
        ),
    ),
    skills=("electric_power", "ohms_law", "squaring"),
    source="OpenStax University Physics 2, section 9.5 (electrical energy and power)",
    cases=(
        Case(
            {"a": "a long extension cable", "the": "the extension cable"},
            ranges={"R": (0.1, 3), "I": (2, 16)},
        ),
        Case(
            {"a": "the wire of a rear-window heater", "the": "the window heater"},
            ranges={"R": (0.5, 3), "I": (4, 20)},
        ),
    ),
    extras=(Extra("{the} is {value} years old", "", 2, 15),),
    setting=("{a} carries a steady current",),
)

PARALLEL = Relation(
    name="parallel-resistors",
    title="the reciprocals of parallel resistances add up",
    domain="physics",
    field_="electricity",
    equation="1/R = 1/R1 + 1/R2",
    quantities=(
        Quantity(
            "R1",
            "ohm",
            1,
            5000,
            symbol="R_1",
            meaning="resistance",
            units=("kohm",),
            given=("the first resistor has {value}",),
            noun=("the resistance of the first resistor",),
        ),
        Quantity(
            "R2",
            "ohm",
            1,
            5000,
            symbol="R_2",
            meaning="resistance",
            units=("kohm",),
            given=("the second resistor has {value}",),
            noun=("the resistance of the second resistor",),
        ),
        Quantity(
            "R",
            "ohm",
            0.5,
            4000,
            meaning="resistance",
            given=("the parallel resistors have a total resistance of {value}",),
            noun=("the total resistance of the parallel resistors",),
        ),
    ),
    skills=("circuit_analysis", "fractions", "rational_expression"),
    source="OpenStax University Physics 2, section 10.2 (resistors in parallel)",
    require=("R < R1", "R < R2"),
    cases=(
        Case(
            {"the": "the resistor", "where": "in a radio"},
            ranges={"R1": (20, 3000), "R2": (20, 3000)},
        ),
        Case(
            {"the": "the resistor", "where": "on a test bench"},
            ranges={"R1": (2, 500), "R2": (2, 500)},
        ),
    ),
    setting=("two resistors are connected in parallel {where}",),
)

WIRE = Relation(
    name="wire-resistance",
    title="resistance is resistivity times length over cross-section",
    domain="physics",
    field_="electricity",
    equation="R = rho*L/A",
    quantities=(
        Quantity(
            "rho",
            "ohm*m",
            1e-8,
            2e-6,
            ask=(),
            symbol=r"\rho",
            noun=("the resistivity of {stuff}",),
        ),
        Quantity(
            "L",
            "m",
            0.5,
            5000,
            meaning="length",
            given=("{the} has a length of {value}",),
            noun=("the length of {the}",),
            link=("{the} has a length equal to {source}",),
            ask=("How long is {the}?",),
        ),
        Quantity(
            "A",
            "mm**2",
            0.05,
            100,
            meaning="area",
            noun=("the cross-section of {the}",),
        ),
        Quantity(
            "R",
            "ohm",
            0.01,
            500,
            meaning="resistance",
            noun=("the resistance of {the}",),
        ),
    ),
    skills=("ohms_law", "direct_and_inverse_variation", "scientific_notation"),
    source="OpenStax University Physics 2, section 9.3 (resistivity)",
    # Resistivities at 20 degrees Celsius: OpenStax University Physics 2, table 9.1.
    cases=(
        Case(
            {"a": "a copper cable", "the": "the copper cable", "stuff": "copper"},
            fixed={"rho": "1.68e-8"},
            ranges={"L": (5, 5000), "A": (0.5, 100), "R": (0.01, 100)},
        ),
        Case(
            {"a": "a nichrome wire", "the": "the nichrome wire", "stuff": "nichrome"},
            fixed={"rho": "1.00e-6"},
            ranges={"L": (0.5, 60), "A": (0.05, 3)},
        ),
    ),
    extras=(Extra("{the} cost {value}", "dollar", 4, 60),),
    setting=("{a} has the same cross-section all along",),
)

RELATIONS = Family(__doc__, OHM, POWER, JOULE, PARALLEL, WIRE)
