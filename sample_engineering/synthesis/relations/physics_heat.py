"""Physics: melting, conduction, expansion and radiation of heat."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

MELTING = Relation(
    name="latent-heat",
    title="heat of fusion is mass times specific latent heat",
    domain="physics",
    field_="thermodynamics",
    equation="Q = m*L",
    quantities=(
        Quantity(
            "Q",
            "kJ",
            0.5,
            50000,
            meaning="energy",
            units=("J", "MJ"),
            given=("{the} takes up {value} of heat while it melts completely",),
            noun=("the heat that melts {the}",),
            link=("melting {the} completely takes exactly {source}",),
            ask=("How much heat does it take to melt {the} completely?",),
        ),
        Quantity(
            "m",
            "kg",
            0.02,
            500,
            meaning="mass of {stuff}",
            accepts=("mass",),
            units=("g",),
            given=("{the} has a mass of {value}",),
            noun=("the mass of {the}",),
        ),
        Quantity(
            "L",
            "kJ/kg",
            10,
            500,
            ask=(),
            noun=("the specific latent heat of fusion of {stuff}",),
        ),
    ),
    skills=("phase_change", "multiplication"),
    source="OpenStax University Physics 2, section 1.5 (phase changes)",
    # Latent heats: OpenStax University Physics 2, table 1.4.
    cases=(
        Case({"a": "a slab of ice", "the": "the ice", "stuff": "ice"}, fixed={"L": "334"}),
        Case(
            {"a": "a bar of lead", "the": "the bar of lead", "stuff": "lead"}, fixed={"L": "24.5"}
        ),
    ),
    setting=("{a} is already at its melting point",),
)

CONDUCTION = Relation(
    name="heat-conduction",
    title="the heat flow through a wall",
    domain="physics",
    field_="thermodynamics",
    equation="P = lam*A*dT/d",
    quantities=(
        Quantity(
            "lam",
            "W/(m*K)",
            0.02,
            500,
            ask=(),
            symbol=r"\lambda",
            noun=("the thermal conductivity of {stuff}",),
        ),
        Quantity(
            "A",
            "m**2",
            0.05,
            500,
            meaning="area",
            given=("{the} has an area of {value}",),
            noun=("the area of {the}",),
        ),
        Quantity(
            "dT",
            "K",
            1,
            60,
            symbol=r"\Delta T",
            meaning="temperature difference",
            given=("the two faces of {the} differ in temperature by {value}",),
            noun=("the difference in temperature between the faces of {the}",),
            ask=("By how much do the two faces of {the} differ in temperature?",),
        ),
        Quantity(
            "d",
            "cm",
            0.2,
            60,
            meaning="length",
            units=("mm",),
            given=("{the} is {value} thick",),
            noun=("the thickness of {the}",),
            ask=("How thick is {the}?",),
        ),
        Quantity(
            "P",
            "W",
            1,
            50000,
            meaning="power",
            units=("kW",),
            given=("heat flows through {the} at a rate of {value}",),
            noun=("the rate at which heat flows through {the}",),
            ask=("At what rate does heat flow through {the}?",),
        ),
    ),
    skills=("heat_transfer", "direct_and_inverse_variation"),
    source="OpenStax University Physics 2, section 1.6 (heat transfer)",
    # Conductivities: OpenStax University Physics 2, table 1.5.
    cases=(
        Case(
            {"a": "a brick wall", "the": "the wall", "stuff": "brick"},
            fixed={"lam": "0.84"},
            ranges={"A": (2, 200), "d": (10, 50), "dT": (2, 40)},
        ),
        Case(
            {"a": "a sheet of window glass", "the": "the glass sheet", "stuff": "glass"},
            fixed={"lam": "0.84"},
            ranges={"A": (0.3, 20), "d": (0.2, 1.2), "dT": (1, 10)},
        ),
        Case(
            {"a": "a layer of cork", "the": "the cork layer", "stuff": "cork"},
            fixed={"lam": "0.042"},
            ranges={"A": (1, 100), "d": (1, 20), "dT": (2, 50)},
        ),
    ),
    extras=(Extra("{the} is {value} years old", "", 2, 40),),
    setting=("heat flows steadily through {a}",),
)

EXPANSION = Relation(
    name="thermal-expansion",
    title="a rod lengthens in proportion to its length and to the rise in temperature",
    domain="physics",
    field_="thermodynamics",
    equation="dL = alpha*L*dT",
    quantities=(
        Quantity(
            "alpha",
            "1/K",
            1e-6,
            1e-4,
            ask=(),
            symbol=r"\alpha",
            noun=("the coefficient of linear expansion of {stuff}",),
        ),
        Quantity(
            "L",
            "m",
            0.5,
            3000,
            meaning="length",
            given=("{the} is {value} long at first",),
            noun=("the original length of {the}",),
            ask=("What was the original length of {the}?",),
        ),
        Quantity(
            "dT",
            "K",
            3,
            120,
            symbol=r"\Delta T",
            meaning="temperature difference",
            given=("{the} warms up by {value}",),
            noun=("the rise in the temperature of {the}",),
            ask=("By how much does the temperature of {the} rise?",),
        ),
        Quantity(
            "dL",
            "mm",
            0.05,
            3000,
            symbol=r"\Delta L",
            meaning="length",
            units=("cm",),
            given=("{the} becomes {value} longer",),
            noun=("the gain in length of {the}",),
            ask=("By how much does {the} become longer?",),
        ),
    ),
    skills=("thermal_expansion", "scientific_notation"),
    source="OpenStax University Physics 2, section 1.3 (thermal expansion)",
    # Coefficients: OpenStax University Physics 2, table 1.2.
    cases=(
        Case(
            {"a": "a steel bridge", "the": "the bridge", "stuff": "steel"},
            fixed={"alpha": "1.2e-5"},
            ranges={"L": (20, 1500), "dT": (3, 60)},
        ),
        Case(
            {"a": "an aluminium rail", "the": "the rail", "stuff": "aluminium"},
            fixed={"alpha": "2.5e-5"},
            ranges={"L": (1, 60)},
        ),
    ),
    extras=(Extra("{the} is {value} years old", "", 2, 40),),
    setting=("{a} is free to expand in the sun",),
)

RADIATION = Relation(
    name="stefan-boltzmann",
    title="a black body radiates in proportion to the fourth power of its temperature",
    domain="physics",
    field_="thermodynamics",
    equation="P = sigma_SB*A*T**4",
    quantities=(
        Quantity(
            "A",
            "cm**2",
            0.1,
            100000,
            meaning="area",
            units=("m**2", "mm**2"),
            given=("the surface of {the} has an area of {value}",),
            noun=("the surface area of {the}",),
        ),
        Quantity(
            "T",
            "K",
            350,
            3200,
            meaning="temperature",
            units=("degC",),
            given=("the surface of {the} is at a temperature of {value}",),
            noun=("the surface temperature of {the}",),
        ),
        Quantity(
            "P",
            "W",
            1,
            100000,
            meaning="power",
            units=("kW",),
            given=("{the} radiates {value} in all",),
            noun=("the total power that {the} radiates",),
            ask=("What total power does {the} radiate?",),
        ),
    ),
    skills=("heat_transfer", "exponent_rules"),
    source="OpenStax University Physics 2, section 1.6 (radiation)",
    cases=(
        Case(
            {"a": "a tungsten filament", "the": "the filament"},
            ranges={"A": (0.1, 3), "T": (1800, 3200)},
        ),
        Case(
            {"a": "a cast-iron stove", "the": "the stove"},
            ranges={"A": (5000, 40000), "T": (350, 700)},
        ),
    ),
    setting=("{a} may be treated as a black body whose surroundings hardly matter",),
)

RELATIONS = Family(__doc__, MELTING, CONDUCTION, EXPANSION, RADIATION)
