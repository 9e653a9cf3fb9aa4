"""Chemistry: heat and free energy of reactions."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

# Enthalpies of combustion at 25 degrees Celsius: CRC Handbook of Chemistry and Physics.
COMBUSTION = Relation(
    name="combustion-heat",
    title="the heat released is the amount of fuel times its molar enthalpy of combustion",
    domain="chemistry",
    field_="thermochemistry",
    equation="Q = n*H",
    quantities=(
        Quantity(
            "n",
            "mol",
            0.01,
            200,
            meaning="amount of {fuel}",
            given=(
                "{value} of {fuel} burns in {the}",
                "the amount of {fuel} burned in {the} is {value}",
            ),
            noun=("the amount of {fuel} burned in {the}",),
            ask=(
                "How many moles of {fuel} burn in {the}?",
                "What is the amount of {fuel} burned in {the}?",
            ),
        ),
        Quantity(
            "H",
            "kJ/mol",
            200,
            6000,
            ask=(),
            symbol=r"\Delta H",
            given=("complete combustion of {fuel} releases {value}",),
            noun=("the heat released per mole of {fuel}",),
        ),
        Quantity(
            "Q",
            "kJ",
            5,
            500000,
            meaning="energy",
            units=("J", "MJ"),
            given=(
                "the combustion in {the} releases {value} of heat",
                "the heat released in {the} is {value}",
            ),
            noun=("the heat released in {the}",),
            ask=(
                "How much heat does the combustion in {the} release?",
                "What is the heat released in {the}?",
            ),
        ),
    ),
    skills=("enthalpy", "multiplication", "division"),
    source="OpenStax Chemistry 2e, section 5.3 (enthalpy of combustion)",
    cases=(
        Case(
            {"the": "the camping stove", "fuel": "ethanol"},
            fixed={"H": "1367"},
            ranges={"n": (0.1, 20)},
        ),
        Case(
            {"the": "the gas burner", "fuel": "methane"},
            fixed={"H": "890.8"},
            ranges={"n": (0.1, 200)},
        ),
        Case(
            {"the": "the bomb calorimeter", "fuel": "glucose"},
            fixed={"H": "2803"},
            ranges={"n": (0.01, 0.2)},
        ),
        Case(
            {"the": "the rocket test stand", "fuel": "hydrogen"},
            fixed={"H": "285.8"},
            ranges={"n": (1, 200)},
        ),
    ),
    setting=("{fuel} burns completely in {the}",),
)

CALORIMETER = Relation(
    name="calorimetry",
    title="the heat taken up is the heat capacity times the rise in temperature",
    domain="chemistry",
    field_="thermochemistry",
    equation="Q = C*dT",
    quantities=(
        Quantity(
            "Q",
            "kJ",
            0.1,
            3000,
            meaning="energy",
            units=("J",),
            given=(
                "a reaction releases {value} into {the}",
                "the heat released into {the} is {value}",
            ),
            noun=("the heat released into {the}",),
            link=("the heat that {the} takes up equals {source}",),
            ask=("How much heat does {the} take up?", "What is the heat released into {the}?"),
        ),
        Quantity(
            "C",
            "kJ/K",
            0.1,
            100,
            meaning="heat capacity",
            units=("J/K",),
            given=(
                "the heat capacity of {the} with its contents is {value}",
                "the heat capacity of {the} with its contents is found to be {value}",
            ),
            noun=("the heat capacity of {the} with its contents",),
            ask=(
                "What is the heat capacity of {the} with its contents?",
                "How large is the heat capacity of {the} with its contents?",
            ),
        ),
        Quantity(
            "dT",
            "K",
            0.5,
            40,
            meaning="temperature difference",
            symbol=r"\Delta T",
            given=(
                "the temperature in {the} rises by {value}",
                "the rise in temperature in {the} is {value}",
            ),
            noun=("the rise in temperature in {the}",),
            ask=(
                "By how much does the temperature in {the} rise?",
                "What is the rise in temperature in {the}?",
            ),
        ),
    ),
    skills=("heat_capacity", "enthalpy", "division"),
    source="OpenStax Chemistry 2e, section 5.2 (calorimetry)",
    cases=(
        Case({"the": "the coffee-cup calorimeter"}, ranges={"C": (0.1, 2), "Q": (0.1, 60)}),
        Case({"the": "the steel calorimeter"}, ranges={"C": (2, 20), "Q": (2, 600)}),
        Case({"the": "the reaction calorimeter"}, ranges={"C": (10, 100), "Q": (10, 3000)}),
    ),
    setting=("{the} is insulated so well that no heat escapes from it",),
    extras=(Extra("the lid of {the} has a mass of {value}", "g", 11, 90),),
)

# Standard enthalpies and entropies of reaction from the tables of the CRC Handbook.
FREE_ENERGY = Relation(
    name="gibbs-free-energy",
    title="the Gibbs free energy is enthalpy minus temperature times entropy",
    domain="chemistry",
    field_="thermochemistry",
    equation="G = H - T*S",
    quantities=(
        Quantity(
            "H",
            "kJ/mol",
            10,
            400,
            ask=(),
            symbol=r"\Delta H",
            noun=("the reaction enthalpy in {the}",),
        ),
        Quantity(
            "S",
            "J/(mol*K)",
            20,
            500,
            ask=(),
            symbol=r"\Delta S",
            noun=("the reaction entropy in {the}",),
        ),
        Quantity(
            "T",
            "K",
            280,
            1000,
            meaning="temperature",
            units=("degC",),
            given=(
                "the temperature of {the} is {value}",
                "the temperature of {the} is found to be {value}",
            ),
            noun=("the temperature of {the}",),
            ask=("What is the temperature of {the}?", "How high is the temperature of {the}?"),
        ),
        Quantity(
            "G",
            "kJ/mol",
            1,
            200,
            meaning="reaction free energy",
            symbol=r"\Delta G",
            given=(
                "the Gibbs free energy of the reaction in {the} is {value}",
                "the Gibbs free energy of the reaction in {the} is found to be {value}",
            ),
            noun=("the Gibbs free energy of the reaction in {the}",),
        ),
    ),
    skills=("free_energy", "multiplication", "subtraction"),
    source="OpenStax Chemistry 2e, section 16.4 (free energy)",
    cases=(
        Case(
            {"the": "the lime oven", "reaction": "calcium carbonate decomposes"},
            fixed={"H": "178.3", "S": "160.5"},
            ranges={"T": (400, 1000)},
        ),
        Case(
            {"the": "the heated tube", "reaction": "ammonium chloride decomposes"},
            fixed={"H": "176.2", "S": "285.1"},
            ranges={"T": (300, 600)},
        ),
        Case(
            {"the": "the brown-gas cell", "reaction": "dinitrogen tetroxide splits"},
            fixed={"H": "57.2", "S": "175.8"},
            ranges={"T": (280, 322)},
        ),
    ),
    setting=("{reaction} in {the}",),
)

# Standard free energies of reaction at 25 degrees Celsius.
EQUILIBRIUM_CONSTANT = Relation(
    name="equilibrium-constant",
    title="the standard free energy gives the equilibrium constant",
    domain="chemistry",
    field_="thermochemistry",
    equation="G = R_gas*T*log(K)",
    quantities=(
        Quantity(
            "G",
            "kJ/mol",
            1,
            40,
            meaning="drop in free energy",
            accepts=("molar free energy",),
            symbol=r"-\Delta G^{\circ}",
            given=(
                "the reaction in {the} lowers the standard free energy by {value}",
                "the drop in standard free energy in {the} is {value}",
            ),
            noun=("the drop in standard free energy in {the}",),
            link=("the reaction in {the} lowers the standard free energy by exactly {source}",),
            ask=(
                "By how much does the reaction in {the} lower the standard free energy?",
                "What is the drop in standard free energy in {the}?",
            ),
        ),
        Quantity(
            "T",
            "K",
            280,
            400,
            meaning="temperature",
            units=("degC",),
            given=(
                "the temperature inside {the} is {value}",
                "the temperature inside {the} is found to be {value}",
            ),
            noun=("the temperature inside {the}",),
            ask=(
                "What is the temperature inside {the}?",
                "How high is the temperature inside {the}?",
            ),
        ),
        Quantity(
            "K",
            "",
            1.3,
            1e7,
            meaning="equilibrium constant",
            given=(
                "the equilibrium constant of the reaction in {the} is {value}",
                "the equilibrium constant of the reaction in {the} is found to be {value}",
            ),
            noun=("the equilibrium constant of the reaction in {the}",),
            ask=(
                "What is the equilibrium constant of the reaction in {the}?",
                "How large is the equilibrium constant of the reaction in {the}?",
            ),
        ),
    ),
    skills=("free_energy", "chemical_equilibrium", "logarithm"),
    source="OpenStax Chemistry 2e, section 16.4 (free energy and equilibrium)",
    cases=(
        Case({"the": "the thermostat bath"}),
        Case({"the": "the pressure tube"}),
        Case({"the": "the jacketed flask"}),
    ),
    extras=(Extra("{the} has a volume of {value}", "L", 0.5, 5),),
    setting=("a reaction has come to equilibrium in {the}",),
)

RELATIONS = Family(__doc__, COMBUSTION, CALORIMETER, FREE_ENERGY, EQUILIBRIUM_CONSTANT)
