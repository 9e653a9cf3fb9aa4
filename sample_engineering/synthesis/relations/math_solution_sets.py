"""Math: both solutions of a quadratic equation, and what lies between them."""

from sample_engineering.synthesis.relation import Family, Quantity, Relation

BOTH_ROOTS = Relation(
    name="both-roots",
    title="a quadratic equation has two solutions",
    domain="math",
    field_="algebra",
    equation="x*(s - x) = p",
    quantities=(
        Quantity("s", "", 6, 90, ask=(), whole=True),
        Quantity("p", "", 5, 1500, ask=(), whole=True),
        Quantity(
            "x", "", 1, 80, given=(), link=(), noun=("the sides of the rectangle in units",),
            ask=("How many units long are the two different sides of the rectangle?",),
        ),
    ),
    skills=("quadratic_equation", "area"),
    source="OpenStax College Algebra 2e, section 2.5 (quadratic equations)",
    tell={
        "x": (
            "two neighbouring sides of a rectangle are together {s} units long, and its area is "
            "{p} square units",
        )
    },
    require=("s**2 > 4.4*p",),
    both={"x": "set"},
    symbolic=False,
)  # fmt: skip

BETWEEN = Relation(
    name="quadratic-inequality",
    title="between its two zeros a quadratic with a positive square term is below zero",
    domain="math",
    field_="algebra",
    equation="x*(s - x) = p",
    quantities=(
        Quantity("s", "", 6, 90, ask=(), whole=True),
        Quantity("p", "", 5, 1500, ask=(), whole=True),
        Quantity(
            "x", "", 1, 80, given=(), link=(), noun=("the values of $x$ that fulfil it",),
            ask=("Which values of $x$ fulfil the inequality?",),
        ),
    ),
    skills=("quadratic_equation", "inequality"),
    source="OpenStax College Algebra 2e, section 2.7 (inequalities)",
    tell={"x": ("the inequality $x^2 - {s:n}x + {p:n} \\le 0$ is to be solved for real $x$",)},
    require=("s**2 > 4.4*p",),
    both={"x": "interval"},
    symbolic=False,
)  # fmt: skip

RELATIONS = Family(__doc__, BOTH_ROOTS, BETWEEN)
