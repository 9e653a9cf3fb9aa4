"""Math: triangles and trigonometry."""

from sample_engineering.synthesis.relation import Case, Family, Quantity, Relation

PYTHAGORAS = Relation(
    name="pythagoras",
    title="the theorem of Pythagoras",
    domain="math",
    field_="geometry",
    equation="c**2 = a**2 + b**2",
    quantities=(
        Quantity(
            "a",
            "m",
            0.5,
            400,
            meaning="length",
            noun=("{first}",),
        ),
        Quantity(
            "b",
            "m",
            0.5,
            400,
            meaning="length",
            noun=("{second}",),
        ),
        Quantity(
            "c",
            "m",
            0.7,
            600,
            meaning="length",
            noun=("{third}",),
        ),
    ),
    skills=("pythagorean_theorem", "squaring", "square_root"),
    source="OpenStax Prealgebra 2e, section 9.3 (Pythagorean theorem)",
    cases=(
        Case(
            {
                "scene": "a straight ramp leads from level ground to a loading platform",
                "first": "the height of the platform above the ground",
                "second": "the horizontal distance that the ramp covers",
                "third": "the length of the ramp",
                "the": "the ramp",
            },
            ranges={"a": (0.5, 4), "b": (3, 30), "c": (3, 32)},
        ),
        Case(
            {
                "scene": "a field is a rectangle, with a straight path from one corner to the "
                "opposite one",
                "first": "the width of the field",
                "second": "the length of the field",
                "third": "the length of the path",
                "the": "the field",
            },
            ranges={"a": (20, 300), "b": (30, 400), "c": (40, 500)},
        ),
        Case(
            {
                "scene": "a taut cable runs from the top of an upright mast to the level ground",
                "first": "the height of the mast",
                "second": "the distance on the ground from the mast to the cable",
                "third": "the length of the cable",
                "the": "the mast",
            },
            ranges={"a": (5, 60), "b": (3, 40), "c": (6, 75)},
        ),
    ),
    setting=("{scene}",),
)

TANGENT = Relation(
    name="height-by-angle",
    title="the tangent of the angle of elevation is height over distance",
    domain="math",
    field_="trigonometry",
    equation="h = d*tan(theta)",
    quantities=(
        Quantity(
            "d",
            "m",
            5,
            500,
            meaning="length",
            given=("the observer stands {value} away from the foot of {the}",),
            noun=("the distance of the observer from the foot of {the}",),
            ask=("How far is the observer from the foot of {the}?",),
        ),
        Quantity(
            "theta",
            "degree",
            5,
            75,
            symbol=r"\theta",
            given=("the top of {the} appears at an angle of {value} above the horizontal",),
            noun=("the angle of elevation of the top of {the}",),
            ask=("At what angle above the horizontal does the top of {the} appear?",),
        ),
        Quantity(
            "h",
            "m",
            2,
            400,
            meaning="length",
            given=("{the} is {value} high", "the height of {the} is {value}"),
            noun=("the height of {the}",),
            ask=("How high is {the}?", "What is the height of {the}?"),
        ),
    ),
    skills=("triangle_trigonometry", "trigonometric_function"),
    source="OpenStax Precalculus 2e, section 5.4 (right triangle trigonometry)",
    cases=(
        Case({"a": "a radio tower", "the": "the tower"}, ranges={"h": (20, 300), "d": (20, 500)}),
        Case(
            {"a": "a vertical cliff", "the": "the cliff"}, ranges={"h": (10, 250), "d": (15, 400)}
        ),
        Case({"a": "an old oak", "the": "the oak"}, ranges={"h": (8, 30), "d": (8, 80)}),
    ),
    setting=("an observer on level ground sights the top of {a}, the eye being at ground level",),
)

COSINE_RULE = Relation(
    name="law-of-cosines",
    title="the law of cosines",
    domain="math",
    field_="trigonometry",
    equation="c = sqrt(a**2 + b**2 - 2*a*b*cos(gamma))",
    quantities=(
        Quantity(
            "a",
            "km",
            0.5,
            60,
            ask=(),
            meaning="length",
            given=("the first {leg} is {value} long",),
            noun=("the length of the first {leg}",),
        ),
        Quantity(
            "b",
            "km",
            0.5,
            60,
            ask=(),
            meaning="length",
            given=("the second {leg} is {value} long",),
            noun=("the length of the second {leg}",),
        ),
        Quantity(
            "gamma",
            "degree",
            20,
            150,
            ask=(),
            symbol=r"\gamma",
            noun=("the angle between the two {leg}s",),
        ),
        Quantity(
            "c",
            "km",
            0.3,
            110,
            meaning="length",
            units=("m",),
            given=("{ends} are {value} apart in a straight line",),
            noun=("the straight distance between {ends}",),
            ask=("How far apart are {ends} in a straight line?",),
        ),
    ),
    skills=("triangle_trigonometry", "square_root"),
    source="OpenStax Precalculus 2e, section 8.2 (law of cosines)",
    cases=(
        Case(
            {
                "scene": "two straight roads leave a junction in different directions",
                "leg": "road",
                "ends": "the far ends of the two roads",
                "the": "the junction",
            }
        ),
        Case(
            {
                "scene": "two straight flight legs start at an airfield in different directions",
                "leg": "flight leg",
                "ends": "the far ends of the two flight legs",
                "the": "the airfield",
            }
        ),
    ),
    setting=("{scene}",),
)

SIMILAR = Relation(
    name="similar-shadows",
    title="similar triangles have sides in proportion",
    domain="math",
    field_="geometry",
    equation="H = h*S/s",
    quantities=(
        Quantity(
            "h",
            "m",
            0.8,
            2.5,
            ask=(),
            meaning="length",
            given=("a vertical stick of {value} stands beside {the}",),
            noun=("the height of the stick",),
        ),
        Quantity(
            "s",
            "m",
            0.4,
            6,
            ask=(),
            meaning="length",
            given=("the shadow of the stick is {value} long",),
            noun=("the length of the shadow of the stick",),
        ),
        Quantity(
            "S",
            "m",
            2,
            200,
            meaning="length",
            given=("the shadow of {the} is {value} long",),
            noun=("the length of the shadow of {the}",),
            ask=("How long is the shadow of {the}?",),
        ),
        Quantity(
            "H",
            "m",
            3,
            120,
            meaning="length",
            given=("{the} is {value} high",),
            noun=("the height of {the}",),
            ask=("How high is {the}?", "What is the height of {the}?"),
        ),
    ),
    skills=("similarity", "proportion"),
    source="OpenStax Prealgebra 2e, section 9.3 (similar figures)",
    cases=(
        Case({"a": "a chimney", "the": "the chimney"}, ranges={"H": (15, 120), "S": (8, 200)}),
        Case({"a": "a flagpole", "the": "the flagpole"}, ranges={"H": (4, 25), "S": (2, 60)}),
        Case({"a": "a poplar", "the": "the poplar"}, ranges={"H": (8, 35), "S": (4, 80)}),
    ),
    setting=("{a} casts a shadow on level ground in the sun",),
)

RELATIONS = Family(__doc__, PYTHAGORAS, TANGENT, COSINE_RULE, SIMILAR)
