"""Math: number theory."""

from sample_engineering.synthesis.relation import Case, Family, Quantity, Relation

TILES = Relation(
    name="greatest-common-divisor",
    title="the largest square that tiles a rectangle has the greatest common divisor as its side",
    domain="math",
    field_="number theory",
    equation="s = gcd(a, b)",
    quantities=(
        Quantity(
            "a",
            "",
            24,
            900,
            ask=(),
            whole=True,
            step=6,
            given=("{the} is {value} units long",),
            noun=("the length of {the} in units",),
        ),
        Quantity(
            "b",
            "",
            18,
            600,
            ask=(),
            whole=True,
            step=6,
            given=("{the} is {value} units wide",),
            noun=("the width of {the} in units",),
        ),
        Quantity(
            "s",
            "",
            2,
            60,
            given=(),
            link=(),
            whole=True,
            meaning="number",
            noun=("the side in units of the largest square that fits",),
            ask=("How many units long is the side of the largest square that fits?",),
        ),
    ),
    skills=("gcd_lcm", "divisibility"),
    source="OpenStax Contemporary Mathematics, section 3.1 (greatest common divisor)",
    require=("b < a", "s < b"),
    cases=(
        Case({"a": "a rectangular floor", "the": "the floor", "cover": "tiles"}),
        Case({"a": "a rectangular quilt", "the": "the quilt", "cover": "patches"}),
    ),
    setting=(
        "{a} is to be covered by equal square {cover} whose side is a whole number of units, "
        "without cutting",
    ),
    symbolic=False,
)

BELLS = Relation(
    name="least-common-multiple",
    title="two rhythms meet again after the least common multiple of their periods",
    domain="math",
    field_="number theory",
    equation="t = lcm(a, b)",
    quantities=(
        Quantity(
            "a",
            "",
            4,
            48,
            ask=(),
            whole=True,
            given=("the first {thing} {acts} every {value} seconds",),
            noun=("the period of the first {thing} in seconds",),
        ),
        Quantity(
            "b",
            "",
            4,
            48,
            ask=(),
            whole=True,
            given=("the second {thing} {acts} every {value} seconds",),
            noun=("the period of the second {thing} in seconds",),
        ),
        Quantity(
            "t",
            "",
            8,
            600,
            given=(),
            link=(),
            whole=True,
            meaning="number",
            noun=("the number of seconds until both {thing}s {act} together again",),
            ask=("After how many seconds do both {thing}s {act} together again?",),
        ),
    ),
    skills=("gcd_lcm", "prime_factorization"),
    source="OpenStax Contemporary Mathematics, section 3.1 (least common multiple)",
    require=("a < b", "b < t"),
    cases=(
        Case({"thing": "bell", "acts": "rings", "act": "ring"}),
        Case({"thing": "beacon", "acts": "flashes", "act": "flash"}),
    ),
    setting=("two {thing}s have just started together",),
    symbolic=False,
)

REMAINDER = Relation(
    name="remainder-of-power",
    title="remainders of powers are found by multiplying remainders",
    domain="math",
    field_="number theory",
    equation="r = powmod(a, n, m)",
    quantities=(
        Quantity("a", "", 2, 20, whole=True),
        Quantity("n", "", 3, 40, whole=True),
        Quantity("m", "", 5, 60, whole=True),
        Quantity(
            "r",
            "",
            2,
            59,
            given=(),
            link=(),
            whole=True,
            meaning="number",
            noun=("the remainder of the division",),
        ),
    ),
    skills=("modular_arithmetic", "remainder", "exponent_rules"),
    source="OpenStax Contemporary Mathematics, section 3.9 (modular arithmetic)",
    tell={"r": ("the number ${a:n}^{{n:n}}$ is divided by ${m:n}$",)},
    symbolic=False,
)

BASE = Relation(
    name="number-in-base",
    title="in base b the digits stand for multiples of powers of b",
    domain="math",
    field_="number theory",
    equation="n = x*b**2 + y*b + z",
    quantities=(
        Quantity("b", "", 5, 9, whole=True),
        Quantity("x", "", 1, 4, whole=True),
        Quantity("y", "", 0, 4, whole=True),
        Quantity("z", "", 1, 4, whole=True),
        Quantity(
            "n",
            "",
            26,
            372,
            given=(),
            link=(),
            whole=True,
            meaning="number",
            noun=("the value of this numeral in base ten",),
        ),
    ),
    skills=("base_conversion", "digits"),
    source="OpenStax Contemporary Mathematics, section 4.2 (base systems)",
    tell={
        "n": ("a numeral in base ${b:n}$ has the digits ${x:n}$, ${y:n}$, ${z:n}$ in this order",)
    },
    symbolic=False,
)

RELATIONS = Family(__doc__, TILES, BELLS, REMAINDER, BASE)
