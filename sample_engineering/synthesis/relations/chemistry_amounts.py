"""Chemistry: mass, amount of substance and number of particles."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

# Molar masses: IUPAC standard atomic weights (abridged, 2021), four figures.
MOLAR_MASS = Relation(
    name="molar-mass",
    title="mass is amount of substance times molar mass",
    domain="chemistry",
    field_="stoichiometry",
    equation="m = n*M",
    quantities=(
        Quantity(
            "m",
            "g",
            0.02,
            5000,
            meaning="mass of {stuff}",
            given=("{the} holds {value} of {stuff}", "the mass of {stuff} in {the} is {value}"),
            noun=("the mass of {stuff} in {the}",),
            link=(
                "the mass of {stuff} in {the} equals {source}",
                "the {stuff} in {the} has the same mass as {source}",
            ),
            ask=("What mass of {stuff} does {the} hold?", "What is the mass of {stuff} in {the}?"),
        ),
        Quantity(
            "M",
            "g/mol",
            2,
            400,
            ask=(),
            given=("the molar mass of {stuff} is {value}", "{stuff} has a molar mass of {value}"),
            noun=("the molar mass of {stuff}",),
        ),
        Quantity(
            "n",
            "mol",
            0.0001,
            20,
            meaning="amount of {stuff}",
            given=(
                "the amount of {stuff} in {the} is {value}",
                "the amount of {stuff} in {the} is found to be {value}",
            ),
            noun=("the amount of {stuff} in {the}",),
            ask=(
                "How many moles of {stuff} does {the} hold?",
                "What amount of {stuff}, in moles, is in {the}?",
            ),
        ),
    ),
    skills=("molar_mass", "division", "multiplication"),
    source="OpenStax Chemistry 2e, section 3.1 (formula mass and the mole concept)",
    cases=(
        Case(
            {"a": "a weighing dish", "the": "the weighing dish", "stuff": "glucose"},
            fixed={"M": "180.2"},
            ranges={"m": (0.5, 250)},
        ),
        Case(
            {"a": "a glass jar", "the": "the jar", "stuff": "sodium chloride"},
            fixed={"M": "58.44"},
            ranges={"m": (0.5, 2000)},
        ),
        Case(
            {"a": "a steel drum", "the": "the drum", "stuff": "ethanol"},
            fixed={"M": "46.07"},
            ranges={"m": (50, 900)},
        ),
        Case(
            {"a": "a paper bag", "the": "the bag", "stuff": "calcium carbonate"},
            fixed={"M": "100.1"},
            ranges={"m": (0.5, 2000)},
        ),
        Case(
            {"a": "a small gas cylinder", "the": "the cylinder", "stuff": "carbon dioxide"},
            fixed={"M": "44.01"},
            ranges={"m": (5, 800)},
        ),
        Case(
            {"a": "a medicine cup", "the": "the medicine cup", "stuff": "paracetamol"},
            fixed={"M": "151.2"},
            ranges={"m": (0.1, 1)},
        ),
        Case(
            {"a": "a pill box", "the": "the pill box", "stuff": "caffeine"},
            fixed={"M": "194.2"},
            ranges={"m": (0.05, 0.5)},
        ),
    ),
    extras=(Extra("{the} was filled {value} weeks ago", "", 2, 30),),
    setting=("{a} contains pure {stuff}",),
)


AVOGADRO = Relation(
    name="avogadro",
    title="the number of particles is the amount of substance times Avogadro's constant",
    domain="chemistry",
    field_="stoichiometry",
    equation="N = n*N_A",
    quantities=(
        Quantity(
            "n",
            "mol",
            1e-12,
            50,
            meaning="amount of {stuff}",
            units=("mmol", "umol"),
            given=(
                "{the} contains {value} of {stuff}",
                "the amount of {stuff} in {the} is {value}",
            ),
            noun=("the amount of {stuff} in {the}",),
            ask=(
                "What amount of {stuff}, in moles, does {the} contain?",
                "What is the amount of {stuff} in {the}?",
            ),
        ),
        Quantity(
            "N",
            "",
            1e11,
            5e25,
            meaning="count of {stuff} molecules",
            accepts=("number of molecules",),
            given=(
                "{the} contains {value} molecules of {stuff}",
                "the number of {stuff} molecules in {the} is {value}",
            ),
            noun=("the number of {stuff} molecules in {the}",),
            ask=(
                "How many molecules of {stuff} does {the} contain?",
                "How many {stuff} molecules are in {the}?",
            ),
        ),
    ),
    skills=("molar_mass", "scientific_notation", "multiplication"),
    source="OpenStax Chemistry 2e, section 3.1 (the mole); Avogadro's constant, CODATA 2022",
    cases=(
        Case(
            {"a": "a sugar cube", "the": "the tablet", "stuff": "glucose"},
            ranges={"n": (1e-3, 0.05), "N": (5e20, 4e22)},
        ),
        Case(
            {"a": "a droplet", "the": "the droplet", "stuff": "ethanol"},
            ranges={"n": (1e-5, 1e-3), "N": (6e18, 6e20)},
        ),
        Case(
            {"a": "a balloon", "the": "the balloon", "stuff": "carbon dioxide"},
            ranges={"n": (0.05, 50), "N": (2e22, 5e25)},
        ),
    ),
    setting=("{the} contains {stuff}",),
)


RELATIONS = Family(__doc__, MOLAR_MASS, AVOGADRO)
