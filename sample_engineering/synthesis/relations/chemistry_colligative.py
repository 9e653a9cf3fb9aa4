"""Chemistry: what the number of dissolved particles does."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

# Cryoscopic constant of water: CRC Handbook of Chemistry and Physics.
FREEZING_POINT = Relation(
    name="freezing-point-depression",
    title="the freezing point falls in proportion to the molality of dissolved particles",
    domain="chemistry",
    field_="solutions",
    equation="dT = i*K_f*n/m",
    quantities=(
        Quantity(
            "n",
            "mol",
            0.02,
            30,
            meaning="amount of {solute}",
            given=(
                "{value} of {solute} is dissolved in the water in {the}",
                "the amount of {solute} dissolved in {the} is {value}",
            ),
            noun=("the amount of {solute} dissolved in {the}",),
            ask=(
                "What amount of {solute} is dissolved in {the}?",
                "What is the amount of {solute} dissolved in {the}?",
            ),
        ),
        Quantity(
            "i",
            "",
            1,
            3,
            ask=(),
            whole=True,
            given=("every formula unit of {solute} gives {value} dissolved {particles}",),
            noun=("the number of dissolved particles per formula unit of {solute}",),
        ),
        Quantity(
            "m",
            "kg",
            0.1,
            20,
            meaning="mass of water",
            accepts=("mass",),
            units=("g",),
            given=("{the} holds {value} of water", "the mass of the water in {the} is {value}"),
            noun=("the mass of the water in {the}",),
            ask=("What mass of water does {the} hold?", "What is the mass of the water in {the}?"),
        ),
        Quantity(
            "K_f",
            "K*kg/mol",
            0.5,
            40,
            ask=(),
            symbol=r"K_{\mathrm{f}}",
            noun=("the cryoscopic constant of water",),
        ),
        Quantity(
            "dT",
            "K",
            0.1,
            15,
            meaning="freezing point depression",
            symbol=r"\Delta T",
            given=(
                "the freezing point of the water in {the} falls by {value}",
                "the drop in the freezing point of the water in {the} is {value}",
            ),
            noun=("the drop in the freezing point of the water in {the}",),
            link=("the freezing point of the water in {the} falls by exactly {source}",),
            ask=(
                "By how much does the freezing point of the water in {the} fall?",
                "What is the drop in the freezing point of the water in {the}?",
            ),
        ),
    ),
    skills=("colligative_property", "multiplication", "division"),
    source="OpenStax Chemistry 2e, section 11.4 (colligative properties)",
    cases=(
        Case(
            {"the": "the ice bucket", "solute": "sodium chloride", "particles": "ions"},
            fixed={"i": "2", "K_f": "1.86"},
            ranges={"dT": (0.1, 4)},
        ),
        Case(
            {"the": "the plastic pail", "solute": "calcium chloride", "particles": "ions"},
            fixed={"i": "3", "K_f": "1.86"},
            ranges={"dT": (0.1, 4)},
        ),
        Case(
            {"the": "the freezing dish", "solute": "potassium chloride", "particles": "ions"},
            fixed={"i": "2", "K_f": "1.86"},
            ranges={"dT": (0.1, 4)},
        ),
    ),
    extras=(Extra("the air around {the} is at {value}", "degC", 15, 25),),
    setting=("{solute} dissolves completely in the water in {the}",),
)

OSMOTIC = Relation(
    name="osmotic-pressure",
    title="van 't Hoff's law for the osmotic pressure",
    domain="chemistry",
    field_="solutions",
    equation="P = c*R_gas*T",
    quantities=(
        Quantity(
            "c",
            "mol/L",
            0.005,
            1,
            meaning="concentration of {solute}",
            units=("mmol/L",),
            given=(
                "the concentration of {solute} in {the} is {value}",
                "the concentration of {solute} in {the} is found to be {value}",
            ),
            noun=("the concentration of {solute} in {the}",),
            ask=(
                "What is the molar concentration of {solute} in {the}?",
                "How high is the molar concentration of {solute} in {the}?",
            ),
        ),
        Quantity(
            "T",
            "K",
            275,
            325,
            meaning="temperature",
            units=("degC",),
            given=(
                "the solution in {the} is at {value}",
                "the temperature of the solution in {the} is {value}",
            ),
            noun=("the temperature of the solution in {the}",),
            ask=(
                "What is the temperature of the solution in {the}?",
                "How high is the temperature of the solution in {the}?",
            ),
        ),
        Quantity(
            "P",
            "kPa",
            10,
            2700,
            meaning="pressure",
            units=("atm", "bar"),
            symbol=r"\Pi",
            given=(
                "the osmotic pressure of the solution in {the} is {value}",
                "the osmotic pressure of the solution in {the} is found to be {value}",
            ),
            noun=("the osmotic pressure of the solution in {the}",),
            ask=(
                "What is the osmotic pressure of the solution in {the}?",
                "How high is the osmotic pressure of the solution in {the}?",
            ),
        ),
    ),
    skills=("colligative_property", "gas_laws", "multiplication"),
    source="OpenStax Chemistry 2e, section 11.4 (osmosis and osmotic pressure)",
    cases=(
        Case({"the": "the dialysis tube", "solute": "glucose"}),
        Case({"the": "the membrane pouch", "solute": "sucrose"}),
        Case({"the": "the osmometer", "solute": "urea"}),
    ),
    extras=(Extra("the membrane of {the} is {value} thick", "um", 20, 90),),
    setting=("the only solute in {the} is {solute}, which does not split into ions",),
)

RELATIONS = Family(__doc__, FREEZING_POINT, OSMOTIC)
