"""Chemistry: gases."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

IDEAL_GAS = Relation(
    name="ideal-gas-law",
    title="the ideal gas law",
    domain="chemistry",
    field_="gases",
    equation="p*V = n*R_gas*T",
    quantities=(
        Quantity(
            "n",
            "mol",
            0.01,
            400,
            meaning="amount of {gas}",
            given=("{the} contains {value} of {gas}", "{value} of {gas} is in {the}"),
            noun=("the amount of {gas} in {the}",),
            ask=("How many moles of {gas} are in {the}?", "What is the amount of {gas} in {the}?"),
        ),
        Quantity(
            "T",
            "K",
            250,
            420,
            meaning="temperature",
            units=("degC",),
            given=("the temperature in {the} is {value}", "{the} is kept at {value}"),
            noun=("the temperature in {the}",),
            ask=("What is the temperature in {the}?", "How high is the temperature in {the}?"),
        ),
        Quantity(
            "p",
            "kPa",
            20,
            5000,
            meaning="pressure",
            units=("atm", "bar"),
            given=(
                "the pressure in {the} is {value}",
                "the pressure in {the} is found to be {value}",
            ),
            noun=("the pressure in {the}",),
            ask=("What is the pressure in {the}?", "What pressure does the gas in {the} exert?"),
        ),
        Quantity(
            "V",
            "L",
            0.2,
            5000,
            meaning="volume of gas",
            accepts=("volume",),
            units=("m**3",),
            given=("{the} has a volume of {value}", "the gas in {the} fills a volume of {value}"),
            noun=("the volume of the gas in {the}",),
            ask=("What volume does the gas in {the} fill?", "What is the volume of {the}?"),
        ),
    ),
    skills=("gas_laws", "multiplication", "division"),
    source="OpenStax Chemistry 2e, section 9.2 (the ideal gas law)",
    cases=(
        Case(
            {"a": "carbon dioxide", "the": "the collecting bag", "gas": "carbon dioxide"},
            ranges={"p": (60, 150), "V": (0.5, 1000), "T": (270, 330)},
        ),
        Case(
            {"a": "oxygen", "the": "the steel bottle", "gas": "oxygen"},
            ranges={"p": (200, 5000), "V": (2, 60), "T": (260, 330)},
        ),
        Case(
            {"a": "hydrogen", "the": "the storage tank", "gas": "hydrogen"},
            ranges={"p": (100, 3000), "V": (5, 1000), "T": (255, 330)},
        ),
        Case(
            {"a": "nitrogen", "the": "the sealed chamber", "gas": "nitrogen"},
            ranges={"p": (30, 400), "V": (1, 500)},
        ),
    ),
    extras=(Extra("the walls of {the} are {value} thick", "mm", 0.5, 3),),
    setting=("{the} contains only {gas}, which behaves as an ideal gas",),
)

BOYLE = Relation(
    name="boyles-law",
    title="Boyle's law: at constant temperature pressure times volume does not change",
    domain="chemistry",
    field_="gases",
    equation="p1*V1 = p2*V2",
    quantities=(
        Quantity(
            "p1",
            "kPa",
            50,
            400,
            meaning="pressure",
            units=("atm",),
            symbol="p_1",
            given=(
                "the gas in {the} starts at a pressure of {value}",
                "the starting pressure in {the} is {value}",
            ),
            noun=("the starting pressure in {the}",),
            ask=(
                "At what pressure did the gas in {the} start?",
                "What is the starting pressure in {the}?",
            ),
        ),
        Quantity(
            "V1",
            "L",
            0.05,
            200,
            meaning="volume of gas",
            accepts=("volume",),
            units=("mL",),
            symbol="V_1",
            given=(
                "the gas in {the} fills {value} at the start",
                "the starting volume of the gas in {the} is {value}",
            ),
            noun=("the starting volume of the gas in {the}",),
            link=("at the start the volume of the gas in {the} equals {source}",),
            ask=(
                "What volume did the gas in {the} fill at the start?",
                "What is the starting volume of the gas in {the}?",
            ),
        ),
        Quantity(
            "V2",
            "L",
            0.02,
            400,
            meaning="volume of gas",
            units=("mL",),
            symbol="V_2",
            given=(
                "the piston then moves until the gas in {the} fills {value}",
                "the volume of the gas in {the} is then changed to {value}",
            ),
            noun=("the final volume of the gas in {the}",),
            link=("the piston then moves until the volume of the gas in {the} equals {source}",),
            ask=(
                "What volume does the gas in {the} fill at the end?",
                "What is the final volume of the gas in {the}?",
            ),
        ),
        Quantity(
            "p2",
            "kPa",
            20,
            1000,
            meaning="pressure",
            units=("atm",),
            symbol="p_2",
            given=(
                "the final pressure in {the} is {value}",
                "the final pressure in {the} is found to be {value}",
            ),
            noun=("the final pressure in {the}",),
            ask=(
                "What is the final pressure in {the}?",
                "How high is the final pressure in {the}?",
            ),
        ),
    ),
    skills=("gas_laws", "direct_and_inverse_variation", "division"),
    source="OpenStax Chemistry 2e, section 9.2 (Boyle's law)",
    cases=(
        Case(
            {"the": "the syringe", "a": "a syringe"}, ranges={"V1": (0.05, 0.5), "V2": (0.02, 0.6)}
        ),
        Case(
            {"the": "the pump cylinder", "a": "a pump cylinder"},
            ranges={"V1": (0.5, 20), "V2": (0.2, 30)},
        ),
        Case(
            {"the": "the test cylinder", "a": "a test cylinder"},
            ranges={"V1": (5, 200), "V2": (2, 400)},
        ),
    ),
    extras=(Extra("the piston of {the} has a mass of {value}", "g", 20, 400),),
    setting=(
        "a fixed amount of gas is shut in behind the piston of {the} at constant temperature",
    ),
)

CHARLES = Relation(
    name="charless-law",
    title="Charles's law: at constant pressure volume grows in proportion to temperature",
    domain="chemistry",
    field_="gases",
    equation="V1*T2 = V2*T1",
    quantities=(
        Quantity(
            "V1",
            "L",
            0.5,
            3000,
            meaning="volume of gas",
            accepts=("volume",),
            symbol="V_1",
            given=("{the} has a volume of {value} at first",),
            noun=("the initial volume of {the}",),
            link=("at first the volume of {the} equals {source}",),
            ask=("What volume does {the} have at first?",),
        ),
        Quantity(
            "T1",
            "degC",
            -30,
            60,
            meaning="temperature",
            symbol="T_1",
            given=("the gas in {the} is at {value} at first",),
            noun=("the initial temperature of the gas in {the}",),
            link=("at first the temperature of the gas in {the} equals {source}",),
            ask=("What was the temperature of the gas in {the} at first?",),
        ),
        Quantity(
            "T2",
            "degC",
            -30,
            140,
            meaning="temperature",
            symbol="T_2",
            given=(
                "the temperature of the gas in {the} then changes to {value}",
                "the final temperature of the gas in {the} is {value}",
            ),
            noun=("the final temperature of the gas in {the}",),
            link=("the temperature of the gas in {the} then changes until it equals {source}",),
            ask=(
                "What is the final temperature of the gas in {the}?",
                "How high is the final temperature of the gas in {the}?",
            ),
        ),
        Quantity(
            "V2",
            "L",
            0.4,
            5000,
            meaning="volume of gas",
            symbol="V_2",
            given=(
                "{the} has a volume of {value} at the end",
                "the final volume of {the} is {value}",
            ),
            noun=("the final volume of {the}",),
            link=("at the end the volume of {the} equals {source}",),
            ask=("What volume does {the} have at the end?", "What is the final volume of {the}?"),
        ),
    ),
    skills=("gas_laws", "direct_and_inverse_variation", "proportion"),
    source="OpenStax Chemistry 2e, section 9.2 (Charles's law)",
    cases=(
        Case({"the": "the toy balloon"}, ranges={"V1": (1, 12), "V2": (0.8, 20)}),
        Case({"the": "the weather balloon"}, ranges={"V1": (500, 3000), "V2": (400, 5000)}),
        Case({"the": "the gas bag"}, ranges={"V1": (5, 100), "V2": (4, 160)}),
    ),
    extras=(Extra("the skin of {the} is {value} thick", "um", 20, 90),),
    setting=("{the} is sealed yet free to stretch, so that the pressure inside stays constant",),
)

RELATIONS = Family(__doc__, IDEAL_GAS, BOYLE, CHARLES)
