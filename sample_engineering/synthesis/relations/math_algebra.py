"""Math: algebra."""

from sample_engineering.synthesis.relation import Case, Quantity, Relation

LARGER_ROOT = Relation(
    name="larger-root",
    title="the quadratic formula",
    domain="math",
    field_="algebra",
    equation="x = (s + sqrt(s**2 - 4*p))/2",
    quantities=(
        Quantity("s", "", 3, 60, whole=True),
        Quantity("p", "", 2, 600, whole=True),
        Quantity(
            "x",
            "",
            2,
            50,
            whole=True,
            meaning="number",
            noun=("the larger root of the equation", "the larger solution of the equation"),
            ask=("What is the larger root of the equation?",),
        ),
    ),
    skills=("quadratic_equation", "square_root"),
    source="OpenStax College Algebra 2e, section 2.5 (quadratic equations)",
    tell={"x": ("the equation $x^2 - {s:n}x + {p:n} = 0$ has two different real roots",)},
    require=("s**2 > 4*p", "2*x > s"),
    pivot="p",
    symbolic=False,
)

LINEAR = Relation(
    name="linear-equation",
    title="a linear equation is solved by undoing what was done to the unknown",
    domain="math",
    field_="algebra",
    equation="a*x + b = c",
    quantities=(
        Quantity("a", "", 2, 15, whole=True),
        Quantity("b", "", 1, 60, whole=True),
        Quantity("c", "", 5, 800, whole=True),
        Quantity(
            "x",
            "",
            2,
            50,
            whole=True,
            meaning="number",
            noun=("the solution of the equation", "the solution of the linear equation"),
            ask=("What is the solution $x$ of the equation?",),
        ),
    ),
    skills=("linear_equation", "subtraction", "division"),
    source="OpenStax College Algebra 2e, section 2.2 (linear equations in one variable)",
    tell={"x": ("the equation ${a:n}x + {b:n} = {c:n}$ is to be solved for $x$",)},
    pivot="c",
    symbolic=False,
)

PERCENTAGE = Relation(
    name="percentage-of",
    title="a percentage of a number",
    domain="math",
    field_="ratios",
    equation="part = share*whole_set",
    quantities=(
        Quantity(
            "share",
            "percent",
            5,
            95,
            step=5,
            exact=True,
            meaning="percentage",
            symbol="p",
            given=("{value} of {the} are {kind}",),
            noun=("the percentage of {the} that are {kind}",),
            ask=("What percentage of {the} are {kind}?",),
        ),
        Quantity(
            "whole_set",
            "",
            20,
            2000,
            whole=True,
            step=20,
            meaning="count of {things}",
            accepts=("number",),
            symbol="N",
            given=("there are {value} {things} in all",),
            noun=("the total number of {things}",),
            link=("the total number of {things} equals {source}",),
            ask=("How many {things} are there in all?",),
        ),
        Quantity(
            "part",
            "",
            2,
            1900,
            whole=True,
            meaning="count of {things}",
            symbol="n",
            given=("exactly {value} of {the} are {kind}",),
            noun=("the number of {things} that are {kind}",),
            ask=("How many of {the} are {kind}?",),
        ),
    ),
    skills=("percentage", "multiplication"),
    source="OpenStax Prealgebra 2e, section 6.2 (percent)",
    cases=(
        Case({"things": "seedlings", "the": "the seedlings", "kind": "taller than a finger"}),
        Case({"things": "bolts", "the": "the bolts", "kind": "made of brass"}),
        Case({"things": "visitors", "the": "the visitors", "kind": "children"}),
    ),
)

RELATIONS = (LARGER_ROOT, LINEAR, PERCENTAGE)
