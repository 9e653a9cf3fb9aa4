"""Math: sequences that grow by a factor and a summand."""

from sample_engineering.synthesis.relation import Family, Quantity, Relation

TERM = Relation(
    name="sequence-term",
    title="each term follows from the one before, and so the one asked for from the first",
    domain="math",
    field_="sequences",
    equation="x = iterate(s, q, d, n)",
    quantities=(
        Quantity("s", "", 1, 40, ask=(), whole=True, symbol="s"),
        Quantity("q", "", 2, 4, ask=(), whole=True),
        Quantity("d", "", 1, 30, ask=(), whole=True),
        Quantity("n", "", 2, 5, ask=(), whole=True),
        Quantity(
            "x", "", 10, 3000, link=(), given=(), whole=True, meaning="number",
            noun=("the last of these terms",), ask=("What is the last of these terms?",),
        ),
    ),
    skills=("recurrence", "geometric_sequence"),
    source="OpenStax College Algebra 2e, section 9.1 (sequences and their notations)",
    tell={
        "x": (
            "a sequence begins with {s}, every further term is {q} times the term before plus "
            "{d}, and the first term is followed by {n} more",
        )
    },
    symbolic=False,
)  # fmt: skip

CROSSING = Relation(
    name="sequence-crossing",
    title="the steps are counted until the level is passed",
    domain="math",
    field_="sequences",
    equation="n = first_above(s, 1 + r, 0, L)",
    quantities=(
        Quantity("s", "", 10, 500, ask=(), whole=True, noun=("the first term",)),
        Quantity("r", "percent", 4, 60, ask=(), exact=True, digits=2, step=1),
        Quantity("L", "", 100, 50000, ask=(), whole=True),
        Quantity(
            "n", "", 3, 60, link=(), given=(), whole=True, meaning="number",
            noun=("the least number of steps that leads above the limit",),
            ask=("What is the least number of steps that leads above the limit?",),
        ),
    ),
    skills=("geometric_sequence", "exponential_change"),
    source="OpenStax College Algebra 2e, section 9.3 (geometric sequences)",
    tell={
        "n": (
            "a sequence begins with {s}, every step makes its term larger by {r}, and the limit "
            "is {L}",
        )
    },
    require=("L > 2*s",),
    symbolic=False,
)  # fmt: skip

RELATIONS = Family(__doc__, TERM, CROSSING)
