"""Chemistry: how much of each part is in a mixture."""

from sample_engineering.synthesis.relation import Case, Family, Quantity, Relation

BLEND = Relation(
    name="blend-of-solutions",
    title="volumes add up, and so do the amounts of what is dissolved",
    domain="chemistry",
    field_="solutions",
    equation="x + y = V",
    also=("a*x + b*y = c*V",),
    inner=("x", "y"),
    quantities=(
        Quantity(
            "V", "mL", 50, 5000, meaning="volume of liquid", accepts=("volume",), ask=(),
            units=("L",), given=("{value} of the mixture are needed for {the}",),
            noun=("the volume of mixture needed for {the}",),
            link=("the volume of mixture needed for {the} equals {source}",),
        ),
        Quantity(
            "a", "mol/L", 0.2, 12, ask=(), symbol="c_1",
            given=("the strong stock for {the} contains {value} of {solute}",),
            noun=("the concentration of the strong stock for {the}",),
        ),
        Quantity(
            "b", "mol/L", 0.01, 3, ask=(), symbol="c_2",
            given=("the weak stock for {the} contains {value} of {solute}",),
            noun=("the concentration of the weak stock for {the}",),
        ),
        Quantity(
            "c", "mol/L", 0.05, 8, ask=(),
            given=("the mixture for {the} contains {value} of {solute}",),
            noun=("the concentration of the mixture for {the}",),
        ),
        Quantity(
            "x", "mL", 5, 4500, symbol="V_1", meaning="volume of liquid", units=("L",),
            noun=("the volume of strong stock that is taken for {the}",),
            ask=("How much of the strong stock is taken for {the}?",),
        ),
        Quantity(
            "y", "mL", 5, 4500, symbol="V_2", meaning="volume of liquid", units=("L",),
            noun=("the volume of weak stock that is taken for {the}",),
            ask=("How much of the weak stock is taken for {the}?",),
        ),
    ),
    skills=("concentration", "dilution", "work_and_mixture"),
    source="OpenStax Chemistry 2e, section 3.3 (molarity); volumes taken to add up",
    cases=(
        Case({"the": "the etching bath", "solute": "nitric acid"}),
        Case({"the": "the cleaning bath", "solute": "sodium hydroxide"}),
        Case({"the": "the dye bath", "solute": "acetic acid"}),
    ),
    setting=("a mixture for {the} is made of two stock solutions whose volumes simply add up",),
    require=("a > 1.3*c", "c > 1.3*b"),
    symbolic=False,
)  # fmt: skip

GAS_BURNED = Relation(
    name="burned-gas-mixture",
    title="a mole of methane burns to one mole of carbon dioxide, a mole of propane to three",
    domain="chemistry",
    field_="stoichiometry",
    equation="x + y = n",
    also=("x + 3*y = C",),
    inner=("x", "y"),
    quantities=(
        Quantity(
            "n", "mol", 0.05, 400, ask=(), units=("mmol",),
            given=("{the} contains {value} of gas in all",),
            noun=("the amount of gas in {the}",), meaning="amount of {gas}",
        ),
        Quantity(
            "C", "mol", 0.06, 1000, ask=(), units=("mmol",), symbol="n_{\\mathrm{CO_2}}",
            given=("all of the gas in {the} burns to {value} of carbon dioxide and to water",),
            noun=("the amount of carbon dioxide from {the}",),
        ),
        Quantity(
            "x", "mol", 0.02, 350, symbol="n_{\\mathrm{CH_4}}", units=("mmol",),
            noun=("the amount of methane in {the}",), meaning="amount of methane",
            ask=("How much methane does {the} contain?",),
        ),
        Quantity(
            "y", "mol", 0.02, 350, symbol="n_{\\mathrm{C_3H_8}}", units=("mmol",),
            noun=("the amount of propane in {the}",), meaning="amount of propane",
            ask=("How much propane does {the} contain?",),
        ),
    ),
    skills=("reaction_stoichiometry", "equation_balancing"),
    source="OpenStax Chemistry 2e, section 4.3 (reaction stoichiometry)",
    cases=(
        Case({"the": "the sample bag", "gas": "fuel gas"}, ranges={"n": (0.05, 5)}),
        Case({"the": "the pressure bottle", "gas": "fuel gas"}, ranges={"n": (20, 400)}),
    ),
    setting=("{the} holds a mixture of nothing but methane and propane",),
    require=("C > 1.2*n", "2.8*n > C"),
    symbolic=False,
)  # fmt: skip

ISOTOPES = Relation(
    name="isotope-shares",
    title="the shares of two isotopes make up one, and weigh their masses to the mean",
    domain="chemistry",
    field_="atomic structure",
    equation="x + y = 1",
    also=("a*x + b*y = m",),
    inner=("x", "y"),
    quantities=(
        Quantity("a", "u", 5, 250, ask=(), symbol="m_1", exact=True,
                 given=("an atom of {light} has a mass of {value}",),
                 noun=("the mass of an atom of {light}",)),
        Quantity("b", "u", 5, 250, ask=(), symbol="m_2", exact=True,
                 given=("an atom of {heavy} has a mass of {value}",),
                 noun=("the mass of an atom of {heavy}",)),
        Quantity("m", "u", 5, 250, ask=(), symbol=r"\bar{m}", digits=5, exact=True,
                 given=("the mean mass of an atom in {the} is {value}",),
                 noun=("the mean mass of an atom in {the}",)),
        Quantity("x", "percent", 5, 95, noun=("the share of {light} atoms in {the}",),
                 ask=("What percentage of the atoms in {the} are {light}?",)),
        Quantity("y", "percent", 5, 95, noun=("the share of {heavy} atoms in {the}",),
                 ask=("What percentage of the atoms in {the} are {heavy}?",)),
    ),
    skills=("atomic_structure", "averaging"),
    source="OpenStax Chemistry 2e, section 2.3 (average atomic mass)",
    cases=(
        Case({"the": "the enriched boron", "light": "boron-10", "heavy": "boron-11"},
             fixed={"a": "10.013", "b": "11.009"}, ranges={"m": (10.08, 10.95)}),
        Case({"the": "the depleted lithium", "light": "lithium-6", "heavy": "lithium-7"},
             fixed={"a": "6.015", "b": "7.016"}, ranges={"m": (6.1, 6.96)}),
    ),
    setting=("{the} consists of the isotopes {light} and {heavy} alone",),
    symbolic=False,
)  # fmt: skip

RELATIONS = Family(__doc__, BLEND, GAS_BURNED, ISOTOPES)
