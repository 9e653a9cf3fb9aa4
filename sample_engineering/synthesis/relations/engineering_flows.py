"""Engineering: flows of water and of heat."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

PIPE = Relation(
    name="pipe-flow",
    title="the volume flow is the cross-section times the mean speed",
    domain="engineering",
    field_="fluid mechanics",
    equation="q = A*v",
    quantities=(
        Quantity(
            "A",
            "cm**2",
            0.5,
            8000,
            meaning="cross-sectional area",
            accepts=("area",),
            given=(
                "{the} has an inner cross-section of {value}",
                "the inner cross-section of {the} is {value}",
            ),
            noun=("the inner cross-section of {the}",),
            ask=(
                "What inner cross-section does {the} have?",
                "What is the inner cross-section of {the}?",
            ),
        ),
        Quantity(
            "v",
            "m/s",
            0.1,
            12,
            meaning="speed",
            given=(
                "the water in {the} moves at a mean speed of {value}",
                "the mean speed of the water in {the} is {value}",
            ),
            noun=("the mean speed of the water in {the}",),
            ask=(
                "What is the mean speed of the water in {the}?",
                "How high is the mean speed of the water in {the}?",
            ),
        ),
        Quantity(
            "q",
            "L/s",
            0.01,
            5000,
            meaning="volume flow",
            units=("m**3/s", "L/min"),
            given=(
                "{value} of water flows through {the}",
                "the volume flow of water through {the} is {value}",
            ),
            noun=("the volume flow of water through {the}",),
            ask=(
                "What is the volume flow of water through {the}?",
                "How large is the volume flow of water through {the}?",
            ),
        ),
    ),
    skills=("fluid_flow", "rate", "multiplication"),
    source="White, Fluid Mechanics, chapter 3 (conservation of mass)",
    cases=(
        Case({"the": "the garden hose"}, ranges={"A": (0.5, 5), "q": (0.01, 3)}),
        Case({"the": "the water main"}, ranges={"A": (100, 8000), "v": (0.3, 4)}),
        Case({"the": "the fire hose"}, ranges={"A": (10, 60), "v": (1, 12)}),
    ),
    extras=(Extra("{the} is {value} long", "m", 10, 90),),
    setting=("{the} is completely filled with flowing water",),
)


# Thermal conductivities: ASHRAE Handbook of Fundamentals.
WALL = Relation(
    name="wall-heat-loss",
    title="Fourier's law for a plane wall",
    domain="engineering",
    field_="heat transfer",
    equation="P*d = k*A*dT",
    quantities=(
        Quantity(
            "k",
            "W/(m*K)",
            0.01,
            2,
            ask=(),
            noun=("the thermal conductivity of {material}",),
        ),
        Quantity(
            "A",
            "m**2",
            1,
            600,
            meaning="area",
            given=("{the} has a surface of {value}", "the surface of {the} is {value}"),
            noun=("the surface of {the}",),
            ask=("What is the surface of {the}?", "How large is the surface of {the}?"),
        ),
        Quantity(
            "dT",
            "K",
            3,
            50,
            meaning="temperature difference across a wall",
            accepts=("temperature difference",),
            symbol=r"\Delta T",
            given=(
                "it is {value} warmer on one side of {the} than on the other",
                "the temperature difference across {the} is {value}",
            ),
            noun=("the temperature difference across {the}",),
            ask=(
                "What is the temperature difference across {the}?",
                "How large is the temperature difference across {the}?",
            ),
        ),
        Quantity(
            "d",
            "cm",
            2,
            60,
            meaning="length",
            given=("{the} is {value} thick", "the thickness of {the} is {value}"),
            noun=("the thickness of {the}",),
            ask=("How thick is {the}?", "How thick must {the} be?"),
        ),
        Quantity(
            "P",
            "W",
            5,
            20000,
            meaning="power",
            units=("kW",),
            given=(
                "heat flows through {the} at a rate of {value}",
                "the rate at which heat flows through {the} is {value}",
            ),
            noun=("the rate at which heat flows through {the}",),
            ask=(
                "At what rate does heat flow through {the}?",
                "What is the rate at which heat flows through {the}?",
            ),
        ),
    ),
    skills=("heat_transfer", "multiplication", "division"),
    source="Incropera, Fundamentals of Heat and Mass Transfer, section 1.2 (Fourier's law)",
    cases=(
        # Conductivity of brick: OpenStax University Physics 2, table 1.5.
        Case(
            {"the": "the house wall", "material": "brick"},
            fixed={"k": "0.84"},
            ranges={"d": (10, 50), "A": (5, 300)},
        ),
        Case(
            {"the": "the cold-store wall", "material": "polystyrene foam"},
            fixed={"k": "0.035"},
            ranges={"d": (5, 30), "A": (10, 600)},
        ),
        Case(
            {"the": "the cabin wall", "material": "pine wood"},
            fixed={"k": "0.12"},
            ranges={"d": (3, 25), "A": (5, 150)},
        ),
    ),
    extras=(Extra("{the} is painted every {value} years", "", 3, 12),),
    setting=("heat flows steadily through {the}, which is made of {material}",),
)


RELATIONS = Family(__doc__, PIPE, WALL)
