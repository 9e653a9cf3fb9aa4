"""Math: circles and rectangles."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

DISC = Relation(
    name="circle-area",
    title="the area of a circle",
    domain="math",
    field_="geometry",
    equation="A = pi*d**2/4",
    quantities=(
        Quantity(
            "d",
            "cm",
            0.5,
            500,
            meaning="length",
            units=("mm", "m"),
            given=("{the} has a diameter of {value}", "the diameter of {the} is {value}"),
            noun=("the diameter of {the}",),
        ),
        Quantity(
            "A",
            "cm**2",
            0.2,
            200000,
            meaning="area",
            units=("m**2", "mm**2"),
            given=("{the} has an area of {value}", "the area of {the} is {value}"),
            noun=("the area of {the}",),
        ),
    ),
    skills=("area", "circle_properties", "squaring"),
    source="OpenStax Prealgebra 2e, section 9.5 (circles)",
    cases=(
        Case({"a": "a round window", "the": "the window"}, ranges={"d": (30, 250)}),
        Case({"a": "a round Petri dish", "the": "the dish"}, ranges={"d": (4, 15)}),
        Case({"a": "a circular flower bed", "the": "the flower bed"}, ranges={"d": (80, 500)}),
    ),
    setting=("{a} is measured",),
)

RECTANGLE = Relation(
    name="rectangle-area",
    title="the area of a rectangle is length times width",
    domain="math",
    field_="geometry",
    equation="A = l*w",
    quantities=(
        Quantity(
            "l",
            "m",
            0.5,
            400,
            meaning="length",
            given=("{the} is {value} long", "the length of {the} is {value}"),
            noun=("the length of {the}",),
            ask=("How long is {the}?", "What is the length of {the}?"),
        ),
        Quantity(
            "w",
            "m",
            0.4,
            250,
            meaning="length",
            symbol="b",
            given=("{the} is {value} wide", "the width of {the} is {value}"),
            noun=("the width of {the}",),
            ask=("How wide is {the}?", "What is the width of {the}?"),
        ),
        Quantity(
            "A",
            "m**2",
            0.3,
            100000,
            meaning="area",
            given=("{the} has an area of {value}", "the area of {the} is {value}"),
            noun=("the area of {the}",),
        ),
    ),
    skills=("area", "multiplication"),
    source="OpenStax Prealgebra 2e, section 9.4 (rectangles)",
    cases=(
        Case({"a": "a flat roof", "the": "the roof"}, ranges={"l": (5, 60), "w": (4, 30)}),
        Case({"a": "a meadow", "the": "the meadow"}, ranges={"l": (30, 400), "w": (20, 250)}),
        Case({"a": "a glass pane", "the": "the pane"}, ranges={"l": (0.6, 3), "w": (0.4, 2)}),
    ),
    setting=("{a} has the shape of a rectangle", "{a} is rectangular"),
)

CIRCUMFERENCE = Relation(
    name="rolling-wheel",
    title="a rolling wheel covers its circumference in each turn",
    domain="math",
    field_="geometry",
    equation="s = n*pi*d",
    quantities=(
        Quantity(
            "d",
            "cm",
            5,
            200,
            meaning="length",
            units=("m",),
            given=("{the} has a diameter of {value}",),
            noun=("the diameter of {the}",),
        ),
        Quantity(
            "n",
            "",
            5,
            5000,
            ask=(),
            whole=True,
            meaning="count of turns",
            given=("{the} makes {value} full turns",),
            noun=("the number of full turns of {the}",),
        ),
        Quantity(
            "s",
            "m",
            1,
            20000,
            meaning="distance",
            accepts=("length",),
            units=("km",),
            given=("{the} rolls a distance of {value} without slipping",),
            noun=("the distance that {the} rolls",),
            ask=("What distance does {the} roll without slipping?", "How far does {the} roll?"),
        ),
    ),
    skills=("circle_properties", "perimeter", "multiplication"),
    source="OpenStax Prealgebra 2e, section 9.5 (circles)",
    cases=(
        Case(
            {"a": "a measuring wheel", "the": "the wheel"}, ranges={"d": (20, 60), "n": (10, 600)}
        ),
        Case(
            {"a": "the front tyre of a tractor", "the": "the tyre"},
            ranges={"d": (80, 160), "n": (20, 900)},
        ),
    ),
    extras=(Extra("{the} has a mass of {value}", "kg", 2, 20),),
    setting=("{a} rolls straight ahead without slipping",),
)

RELATIONS = Family(__doc__, DISC, RECTANGLE, CIRCUMFERENCE)
