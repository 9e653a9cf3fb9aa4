"""Chemistry: mixtures of gases and the density of a gas."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

PARTIAL_PRESSURE = Relation(
    name="partial-pressure",
    title="Dalton's law: a partial pressure is the mole fraction times the total pressure",
    domain="chemistry",
    field_="gases",
    equation="p_i = x*p",
    quantities=(
        Quantity(
            "p",
            "kPa",
            20,
            1500,
            meaning="pressure",
            units=("atm",),
            given=(
                "the total pressure in {the} is {value}",
                "the total pressure in {the} is found to be {value}",
            ),
            noun=("the total pressure in {the}",),
            ask=(
                "What is the total pressure in {the}?",
                "How high is the total pressure in {the}?",
            ),
        ),
        Quantity(
            "x",
            "percent",
            1,
            95,
            meaning="mole percentage of {gas}",
            given=(
                "{value} of the gas molecules in {the} are {gas}",
                "the mole percentage of {gas} in {the} is {value}",
            ),
            noun=("the mole percentage of {gas} in {the}",),
            ask=(
                "What percentage of the gas molecules in {the} are {gas}?",
                "What is the mole percentage of {gas} in {the}?",
            ),
        ),
        Quantity(
            "p_i",
            "kPa",
            0.5,
            1400,
            meaning="partial pressure of {gas}",
            accepts=("pressure",),
            units=("mmHg",),
            given=(
                "the partial pressure of {gas} in {the} is {value}",
                "the partial pressure of {gas} in {the} is found to be {value}",
            ),
            noun=("the partial pressure of {gas} in {the}",),
            ask=(
                "What is the partial pressure of {gas} in {the}?",
                "How high is the partial pressure of {gas} in {the}?",
            ),
        ),
    ),
    skills=("partial_pressure", "percentage", "multiplication"),
    source="OpenStax Chemistry 2e, section 9.3 (Dalton's law of partial pressures)",
    cases=(
        Case({"the": "the diving tank", "gas": "oxygen"}, ranges={"p": (200, 1500), "x": (18, 40)}),
        Case(
            {"the": "the incubator", "gas": "carbon dioxide"}, ranges={"p": (90, 105), "x": (3, 10)}
        ),
        Case(
            {"the": "the anaesthesia machine", "gas": "oxygen"},
            ranges={"p": (95, 110), "x": (25, 90)},
        ),
    ),
    extras=(Extra("{the} has a mass of {value}", "kg", 10, 60),),
    setting=("{the} is filled with a mixture of gases that contains {gas}",),
)

GAS_DENSITY = Relation(
    name="gas-density",
    title="the density of an ideal gas",
    domain="chemistry",
    field_="gases",
    equation="d = p*M/(R_gas*T)",
    quantities=(
        Quantity(
            "p",
            "kPa",
            20,
            500,
            meaning="pressure",
            units=("atm",),
            given=(
                "the pressure of the gas in {the} is {value}",
                "the pressure of the gas in {the} is found to be {value}",
            ),
            noun=("the pressure of the gas in {the}",),
            ask=(
                "What is the pressure of the gas in {the}?",
                "How high is the pressure of the gas in {the}?",
            ),
        ),
        Quantity(
            "M",
            "g/mol",
            2,
            200,
            ask=(),
            noun=("the molar mass of {gas}",),
        ),
        Quantity(
            "T",
            "K",
            230,
            450,
            meaning="temperature",
            units=("degC",),
            given=(
                "the temperature of the gas in {the} is {value}",
                "the temperature of the gas in {the} is found to be {value}",
            ),
            noun=("the temperature of the gas in {the}",),
            ask=(
                "What is the temperature of the gas in {the}?",
                "How high is the temperature of the gas in {the}?",
            ),
        ),
        Quantity(
            "d",
            "kg/m**3",
            0.02,
            20,
            meaning="density of gas",
            accepts=("density",),
            symbol=r"\rho",
            given=(
                "the density of the gas in {the} is {value}",
                "the density of the gas in {the} is found to be {value}",
            ),
            noun=("the density of the gas in {the}",),
            ask=(
                "What is the density of the gas in {the}?",
                "How high is the density of the gas in {the}?",
            ),
        ),
    ),
    skills=("gas_laws", "density", "division"),
    source="OpenStax Chemistry 2e, section 9.3 (gas density and molar mass)",
    cases=(
        Case(
            {"the": "the airship cell", "gas": "helium"},
            fixed={"M": "4.003"},
            ranges={"p": (60, 110), "T": (240, 320)},
        ),
        Case(
            {"the": "the pit of the cellar", "gas": "carbon dioxide"},
            fixed={"M": "44.01"},
            ranges={"p": (90, 105), "T": (275, 300)},
        ),
        Case(
            {"the": "the heated duct", "gas": "nitrogen"},
            fixed={"M": "28.01"},
            ranges={"p": (80, 300), "T": (300, 450)},
        ),
    ),
    setting=("{the} is full of {gas}, which behaves as an ideal gas",),
)

RELATIONS = Family(__doc__, PARTIAL_PRESSURE, GAS_DENSITY)
