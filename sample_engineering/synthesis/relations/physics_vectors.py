"""Physics: forces with a direction."""

from sample_engineering.synthesis.relation import Case, Family, Quantity, Relation

RESULTANT = Relation(
    name="resultant-force",
    title="forces add by their components, along the first force and across it",
    domain="physics",
    field_="mechanics",
    equation="R = sqrt(X**2 + Y**2)",
    also=("X = A + B*cos(theta)", "Y = B*sin(theta)"),
    inner=("X", "Y"),
    quantities=(
        Quantity(
            "A", "N", 20, 5000, meaning="force", symbol="F_1", ask=(), units=("kN",),
            given=("{one} pulls at {the} with a force of {value}",),
            noun=("the force of {one} at {the}",),
            link=("the force with which {one} pulls at {the} equals {source}",),
        ),
        Quantity(
            "B", "N", 20, 5000, symbol="F_2", ask=(), units=("kN",),
            given=("{other} pulls at {the} with a force of {value}",),
            noun=("the force of {other} at {the}",),
        ),
        Quantity(
            "theta", "degree", 20, 160, symbol=r"\theta", ask=(), digits=2, step=1,
            given=("the angle between the two forces at {the} is {value}",),
            noun=("the angle between the two forces at {the}",),
        ),
        Quantity("X", "N", -5000, 10000, symbol="F_x", noun=("the part along the first force",)),
        Quantity("Y", "N", 1, 5000, symbol="F_y", noun=("the part across the first force",)),
        Quantity(
            "R", "N", 20, 10000, meaning="force", units=("kN",),
            noun=("the resultant force on {the}",),
            given=("the resultant force on {the} is {value}",),
            ask=("What is the magnitude of the resultant force on {the}?",),
        ),
    ),
    skills=("vector", "pythagorean_theorem"),
    source="OpenStax University Physics 1, section 2.2 (components of a vector)",
    cases=(
        Case({"the": "the barge", "one": "the first tug", "other": "the second tug"},
             ranges={"A": (800, 5000), "B": (800, 5000)}),
        Case({"the": "the sledge", "one": "the lead dog", "other": "the second dog"},
             ranges={"A": (60, 400), "B": (60, 400)}),
        Case({"the": "the mast", "one": "the front cable", "other": "the side cable"},
             ranges={"A": (200, 4000), "B": (200, 4000)}),
    ),
    setting=("two forces in one horizontal plane act on {the}",),
    symbolic=False,
)  # fmt: skip

DOT_PRODUCT = Relation(
    name="work-of-components",
    title="work is the sum of the products of the components of force and displacement",
    domain="physics",
    field_="mechanics",
    equation="W = X*a + Y*b",
    quantities=(
        Quantity(
            "X", "N", 5, 900, symbol="F_x", noun=("the eastward part of the force on {the}",),
        ),
        Quantity(
            "Y", "N", 5, 900, symbol="F_y", noun=("the northward part of the force on {the}",),
        ),
        Quantity(
            "a", "m", 1, 400, meaning="distance", accepts=("length",), symbol=r"\Delta x",
            given=("{the} moves {value} to the east",),
            noun=("the eastward part of the displacement of {the}",),
        ),
        Quantity(
            "b", "m", 1, 400, symbol=r"\Delta y",
            given=("{the} moves {value} to the north",),
            noun=("the northward part of the displacement of {the}",),
        ),
        Quantity(
            "W", "J", 50, 300000, meaning="energy", units=("kJ",),
            noun=("the work of the force on {the}",),
            given=("the force does {value} of work on {the}",),
            link=("the work of the force on {the} equals {source}",),
            ask=("How much work does the force do on {the}?",),
        ),
    ),
    skills=("vector", "work_and_power"),
    source="OpenStax University Physics 1, section 7.1 (work)",
    cases=(
        Case({"the": "the canal boat"}, ranges={"a": (20, 400), "b": (20, 400)}),
        Case({"the": "the kite buggy"}, ranges={"X": (20, 400), "Y": (20, 400)}),
    ),
    setting=("a steady horizontal force pulls {the} along a level straight line",),
)  # fmt: skip

RELATIONS = Family(__doc__, RESULTANT, DOT_PRODUCT)
