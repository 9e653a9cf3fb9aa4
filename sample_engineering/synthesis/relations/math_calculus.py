"""Math: calculus."""

from sample_engineering.synthesis.relation import Case, Quantity, Relation

SLOPE = Relation(
    name="derivative-at-point",
    title="the derivative of $ax^3 + bx$ is $3ax^2 + b$",
    domain="math",
    field_="calculus",
    equation="m = 3*a*x**2 + b",
    quantities=(
        Quantity("a", "", 2, 4, whole=True),
        Quantity("b", "", 2, 20, whole=True),
        Quantity("x", "", 1, 4, whole=True),
        Quantity(
            "m",
            "",
            4,
            60,
            whole=True,
            meaning="number",
            noun=("the slope of the curve at this point",),
            ask=("What is the slope of the curve at this point?",),
        ),
    ),
    skills=("derivative", "function_evaluation"),
    source="OpenStax Calculus 1, section 3.3 (differentiation rules)",
    tell={
        "m": ("the curve $y = {a:n}x^3 + {b:n}x$ is considered at the point where $x = {x:n}$",),
    },
    cases=(Case({"the": "the curve"}),),
    symbolic=False,
)

AREA_UNDER = Relation(
    name="area-under-parabola",
    title="the integral of $ax^2$ from 0 to $b$ is $ab^3/3$",
    domain="math",
    field_="calculus",
    equation="A = a*b**3/3",
    quantities=(
        Quantity("a", "", 3, 12, whole=True, step=3),
        Quantity("b", "", 1, 5, whole=True),
        Quantity(
            "A",
            "",
            2,
            500,
            whole=True,
            meaning="number",
            noun=("the area under the parabola",),
            ask=("What is the area under the parabola?",),
        ),
    ),
    skills=("integral", "cubing"),
    source="OpenStax Calculus 1, section 5.3 (fundamental theorem)",
    tell={
        "A": ("the area under the parabola $y = {a:n}x^2$ is taken from $x = 0$ to $x = {b:n}$",)
    },
    cases=(Case({"the": "the parabola"}),),
    symbolic=False,
)

VERTEX = Relation(
    name="best-value",
    title="a quadratic $bx - ax^2$ is largest where its derivative $b - 2ax$ vanishes",
    domain="math",
    field_="calculus",
    equation="x = b/(2*a)",
    quantities=(
        Quantity("b", "", 8, 400, whole=True),
        Quantity("a", "", 2, 6, whole=True),
        Quantity(
            "x",
            "",
            2,
            50,
            whole=True,
            meaning="number",
            noun=("the value of $x$ at which the function is largest",),
            ask=("At which value of $x$ is the function largest?",),
        ),
    ),
    skills=("optimization", "derivative"),
    source="OpenStax Calculus 1, section 4.3 (maxima and minima)",
    pivot="b",
    tell={"x": ("the function $f(x) = {b:n}x - {a:n}x^2$ has one maximum",)},
    cases=(Case({"the": "the function"}),),
    symbolic=False,
)

VELOCITY = Relation(
    name="distance-from-velocity",
    title="the distance is the integral of the velocity $v = bt^2$ over time",
    domain="math",
    field_="calculus",
    equation="s = b*T**3/3",
    quantities=(
        Quantity(
            "b",
            "m/s**3",
            0.02,
            3,
            given=("the factor $b$ is {value}",),
            noun=("the factor $b$",),
            symbol="b",
            ask=("What is the factor $b$?",),
        ),
        Quantity(
            "T",
            "s",
            1,
            30,
            meaning="duration",
            accepts=("time",),
            given=("{the} is watched for {value} from its start",),
            noun=("the time for which {the} is watched",),
            link=("{the} is watched from its start for exactly {source}",),
            ask=("For how long is {the} watched from its start?",),
        ),
        Quantity(
            "s",
            "m",
            0.5,
            3000,
            meaning="distance",
            given=("{the} covers {value} in this time",),
            noun=("the distance that {the} covers",),
            ask=("What distance does {the} cover in this time?",),
        ),
    ),
    skills=("integral", "cubing"),
    source="OpenStax Calculus 1, section 5.4 (net change)",
    cases=(
        Case({"a": "a model rocket sled", "the": "the sled"}, ranges={"T": (2, 12)}),
        Case({"a": "a ferry", "the": "the ferry"}, ranges={"b": (0.02, 0.1), "T": (3, 12)}),
    ),
    setting=("{a} starts from rest with a speed that grows with time as $v = bt^2$",),
    symbolic=False,
)

DECAY = Relation(
    name="exponential-approach",
    title="a quantity that shrinks at a constant relative rate falls exponentially",
    domain="math",
    field_="calculus",
    equation="y = y0*exp(-r*t)",
    quantities=(
        Quantity(
            "y0",
            "L",
            1,
            900,
            meaning="volume of liquid",
            accepts=("volume",),
            symbol="y_0",
            given=("at the start {the} holds {value} of water",),
            noun=("the volume of water in {the} at the start",),
            link=("at the start {the} is filled with water to exactly {source}",),
            ask=("What volume of water did {the} hold at the start?",),
        ),
        Quantity(
            "r",
            "percent/min",
            0.5,
            30,
            symbol="r",
            given=("at every moment {the} loses water at a rate of {value} of what it holds",),
            noun=("the relative rate of loss",),
            ask=("At what relative rate does {the} lose water?",),
        ),
        Quantity(
            "t",
            "min",
            1,
            200,
            meaning="duration",
            given=("{the} drains for {value}",),
            noun=("the time for which {the} drains",),
            link=("{the} drains for exactly {source}",),
            ask=("For how long does {the} drain?",),
        ),
        Quantity(
            "y",
            "L",
            0.1,
            850,
            meaning="volume of liquid",
            given=("in the end {the} still holds {value} of water",),
            noun=("the volume of water left in {the}",),
            ask=("What volume of water is left in {the}?",),
        ),
    ),
    skills=("differential_equation", "exponential_change", "logarithm"),
    source="OpenStax Calculus 2, section 4.3 (separable equations)",
    cases=(
        Case({"a": "a leaking cistern", "the": "the cistern"}),
        Case({"a": "a cracked rain barrel", "the": "the barrel"}),
    ),
    setting=("{a} loses water the more slowly the emptier it gets",),
)

RELATIONS = (SLOPE, AREA_UNDER, VERTEX, VELOCITY, DECAY)
