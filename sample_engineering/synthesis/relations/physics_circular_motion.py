"""Physics: motion in circles and orbits."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

CENTRIPETAL = Relation(
    name="centripetal-force",
    title="the force towards the centre is mass times speed squared over radius",
    domain="physics",
    field_="mechanics",
    equation="F = m*v**2/r",
    quantities=(
        Quantity(
            "m",
            "kg",
            0.05,
            5000,
            meaning="mass of a body",
            accepts=("mass",),
            given=("{the} has a mass of {value}",),
            noun=("the mass of {the}",),
        ),
        Quantity(
            "v",
            "m/s",
            1,
            60,
            meaning="speed of a body",
            accepts=("speed",),
            units=("km/h",),
            given=("{the} moves at a speed of {value}",),
            noun=("the speed of {the}",),
        ),
        Quantity(
            "r",
            "m",
            0.3,
            500,
            meaning="length",
            noun=("the radius of the circle of {the}",),
        ),
        Quantity(
            "F",
            "N",
            0.5,
            50000,
            meaning="force",
            units=("kN",),
            given=("a force of {value} pulls {the} towards the centre of its circle",),
            noun=("the force on {the} towards the centre of its circle",),
            ask=("What force towards the centre of its circle acts on {the}?",),
        ),
    ),
    skills=("circular_motion", "newtons_laws", "squaring"),
    source="OpenStax University Physics 1, section 6.3 (centripetal force)",
    cases=(
        Case(
            {"a": "a hammer thrower's ball on its wire", "the": "the ball on the wire"},
            ranges={"m": (3, 7.3), "v": (10, 30), "r": (1.5, 2)},
        ),
        Case(
            {"a": "a motorcycle with its rider", "the": "the motorcycle"},
            ranges={"m": (180, 400), "v": (8, 30), "r": (30, 300)},
        ),
        Case(
            {"a": "a seat of a merry-go-round with a child on it", "the": "the seat"},
            ranges={"m": (20, 60), "v": (1, 6), "r": (2, 8)},
        ),
    ),
    setting=("{a} moves at constant speed in a horizontal circle",),
)

ORBIT = Relation(
    name="orbital-speed",
    title="on a circular orbit gravity supplies the centripetal force",
    domain="physics",
    field_="gravitation",
    equation="v = sqrt(G_newton*M/r)",
    quantities=(
        Quantity(
            "M",
            "kg",
            1e22,
            3e27,
            ask=(),
            noun=("the mass of {body}",),
        ),
        Quantity(
            "r",
            "km",
            1800,
            1e6,
            meaning="orbital radius",
            given=("the orbit has a radius of {value}, measured from the centre of {body}",),
            noun=("the radius of the orbit",),
        ),
        Quantity(
            "v",
            "km/s",
            0.5,
            60,
            meaning="orbital speed",
            units=("m/s",),
            given=("{the} moves at {value}",),
            noun=("the orbital speed of {the}",),
        ),
    ),
    skills=("gravitation", "circular_motion", "square_root"),
    source="OpenStax University Physics 1, section 13.4 (satellite orbits)",
    # Masses: NASA planetary fact sheets.
    cases=(
        Case(
            {"a": "a satellite", "the": "the satellite", "body": "the Earth"},
            fixed={"M": "5.972e24"},
            ranges={"r": (6700, 60000), "v": (2, 8)},
        ),
        Case(
            {"a": "a lunar probe", "the": "the probe", "body": "the Moon"},
            fixed={"M": "7.346e22"},
            ranges={"r": (1800, 9000), "v": (0.6, 1.7)},
        ),
        Case(
            {"a": "a space probe", "the": "the space probe", "body": "Mars"},
            fixed={"M": "6.417e23"},
            ranges={"r": (3600, 30000), "v": (1, 3.6)},
        ),
    ),
    extras=(Extra("{the} has a mass of {value}", "kg", 100, 900),),
    setting=("{a} circles {body} on a circular orbit",),
)

ORBIT_PERIOD = Relation(
    name="circular-period",
    title="the time for a full circle is its circumference over the speed",
    domain="physics",
    field_="mechanics",
    equation="T = 2*pi*r/v",
    quantities=(
        Quantity(
            "r",
            "m",
            0.3,
            2000,
            meaning="length",
            given=("the circle of {the} has a radius of {value}",),
            noun=("the radius of the circle of {the}",),
        ),
        Quantity(
            "v",
            "m/s",
            0.3,
            90,
            meaning="speed",
            units=("km/h",),
            given=("{the} moves at a steady {value}",),
            noun=("the steady speed of {the}",),
        ),
        Quantity(
            "T",
            "s",
            0.5,
            3000,
            meaning="duration",
            units=("min",),
            given=("{the} takes {value} for one full circle",),
            noun=("the time that {the} takes for one full circle",),
            link=("for one full circle {the} takes exactly {source}",),
            ask=("How long does {the} take for one full circle?",),
        ),
    ),
    skills=("circular_motion", "circle_properties"),
    source="OpenStax University Physics 1, section 4.4 (uniform circular motion)",
    cases=(
        Case(
            {"a": "a gondola of a Ferris wheel", "the": "the gondola"},
            ranges={"r": (10, 70), "v": (0.3, 4)},
        ),
        Case(
            {"a": "a speed skater", "the": "the speed skater"}, ranges={"r": (8, 60), "v": (5, 15)}
        ),
        Case({"a": "a drone", "the": "the drone"}, ranges={"r": (10, 500), "v": (3, 25)}),
    ),
    extras=(Extra("{the} has a mass of {value}", "kg", 20, 90),),
    setting=("{a} goes round and round in a circle at constant speed",),
)

RELATIONS = Family(__doc__, CENTRIPETAL, ORBIT, ORBIT_PERIOD)
