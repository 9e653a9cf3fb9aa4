"""Chemistry: how much of a gas or a salt dissolves in water."""

from sample_engineering.synthesis.relation import Case, Family, Quantity, Relation

# Henry's law constants at 298 K: Sander (2015), Atmos. Chem. Phys. 15, 4399.
HENRY = Relation(
    name="henrys-law",
    title="Henry's law: the dissolved concentration grows with the partial pressure",
    domain="chemistry",
    field_="solutions",
    equation="c = k*p",
    quantities=(
        Quantity(
            "p",
            "kPa",
            1,
            600,
            meaning="partial pressure of {gas}",
            accepts=("pressure",),
            units=("atm",),
            given=(
                "the partial pressure of {gas} above {the} is {value}",
                "the partial pressure of {gas} above {the} is found to be {value}",
            ),
            noun=("the partial pressure of {gas} above {the}",),
            ask=(
                "What is the partial pressure of {gas} above {the}?",
                "How high is the partial pressure of {gas} above {the}?",
            ),
        ),
        Quantity(
            "k",
            "mmol/(L*kPa)",
            0.001,
            1,
            ask=(),
            symbol=r"k_{\mathrm{H}}",
            given=("the Henry's law constant of {gas} in water is {value}",),
            noun=("the Henry's law constant of {gas}",),
        ),
        Quantity(
            "c",
            "mmol/L",
            0.005,
            200,
            meaning="concentration of {gas}",
            units=("mol/L",),
            given=(
                "the concentration of dissolved {gas} in {the} is {value}",
                "the concentration of dissolved {gas} in {the} is found to be {value}",
            ),
            noun=("the concentration of {gas} dissolved in {the}",),
            link=("the concentration of dissolved {gas} in {the} equals {source}",),
            ask=(
                "What is the concentration of {gas} dissolved in {the}?",
                "How high is the concentration of {gas} dissolved in {the}?",
            ),
        ),
    ),
    skills=("solubility", "partial_pressure", "multiplication"),
    source="OpenStax Chemistry 2e, section 11.3 (Henry's law)",
    cases=(
        Case(
            {"the": "the soda water", "gas": "carbon dioxide"},
            fixed={"k": "0.33"},
            ranges={"p": (100, 600)},
        ),
        Case(
            {"the": "the pond water", "gas": "oxygen"}, fixed={"k": "0.013"}, ranges={"p": (10, 25)}
        ),
        Case(
            {"the": "the water in the dive tank", "gas": "nitrogen"},
            fixed={"k": "0.0064"},
            ranges={"p": (70, 500)},
        ),
    ),
    setting=("{the} is at room temperature in equilibrium with the gas above it",),
)

SOLUBILITY = Relation(
    name="solubility-product",
    title="the solubility product of a salt of two ions",
    domain="chemistry",
    field_="equilibrium",
    equation="K = a*b",
    quantities=(
        Quantity(
            "K",
            "mol**2/L**2",
            1e-11,
            1e-4,
            ask=(),
            symbol=r"K_{\mathrm{sp}}",
            noun=("the solubility product of {salt}",),
        ),
        Quantity(
            "a",
            "mol/L",
            1e-8,
            0.5,
            meaning="concentration of {anion}",
            symbol=r"c_{-}",
            given=(
                "the concentration of {anion} in {the} is {value}",
                "the concentration of {anion} in {the} is found to be {value}",
            ),
            noun=("the concentration of {anion} in {the}",),
            ask=(
                "What is the concentration of {anion} in {the}?",
                "How high is the concentration of {anion} in {the}?",
            ),
        ),
        Quantity(
            "b",
            "mol/L",
            1e-10,
            0.5,
            meaning="concentration of {cation}",
            symbol=r"c_{+}",
            given=(
                "the concentration of {cation} in {the} is {value}",
                "the concentration of {cation} in {the} is found to be {value}",
            ),
            noun=("the concentration of {cation} in {the}",),
            ask=(
                "What is the concentration of {cation} in {the}?",
                "How high is the concentration of {cation} in {the}?",
            ),
        ),
    ),
    skills=("solubility", "chemical_equilibrium", "division"),
    source="OpenStax Chemistry 2e, section 15.1 (precipitation and dissolution)",
    # Solubility products at 25 degrees Celsius: CRC Handbook of Chemistry and Physics.
    cases=(
        Case(
            {
                "the": "the turbid rinse water",
                "salt": "silver chloride",
                "anion": "chloride ions",
                "cation": "silver ions",
            },
            fixed={"K": "1.77e-10"},
            ranges={"a": (1e-5, 0.5), "b": (1e-10, 1e-4)},
        ),
        Case(
            {
                "the": "the contrast medium",
                "salt": "barium sulfate",
                "anion": "sulfate ions",
                "cation": "barium ions",
            },
            fixed={"K": "1.08e-10"},
            ranges={"a": (1e-5, 0.5), "b": (1e-10, 1e-4)},
        ),
        Case(
            {
                "the": "the gypsum water",
                "salt": "calcium sulfate",
                "anion": "sulfate ions",
                "cation": "calcium ions",
            },
            fixed={"K": "3.14e-5"},
            ranges={"a": (1e-3, 0.5), "b": (1e-4, 0.05)},
        ),
    ),
    setting=("{the} is a saturated solution in contact with solid {salt}",),
)

RELATIONS = Family(__doc__, HENRY, SOLUBILITY)
