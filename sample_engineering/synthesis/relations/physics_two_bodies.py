"""Physics: two bodies, two laws that hold for both."""

from sample_engineering.synthesis.relation import Case, Family, Quantity, Relation

ELASTIC = Relation(
    name="elastic-collision",
    title="momentum is kept, and in an elastic collision so is the speed of parting",
    domain="physics",
    field_="mechanics",
    equation="m*v = m*u + M*w",
    also=("v = w - u",),
    inner=("u", "w"),
    quantities=(
        Quantity(
            "m", "kg", 0.05, 4000, meaning="mass of a body", ask=(), units=("g",),
            noun=("the mass of {the}",), given=("{the} has a mass of {value}",),
        ),
        Quantity(
            "v", "m/s", 0.2, 30, meaning="speed of a body", accepts=("speed",), ask=(),
            noun=("the speed of {the} before the collision",),
            given=("{the} comes along at {value}",),
        ),
        Quantity(
            "M", "kg", 0.05, 4000, ask=(), units=("g",),
            noun=("the mass of {other}",), given=("{other} has a mass of {value}",),
        ),
        Quantity(
            "u", "m/s", -25, 25, symbol="v'", noun=("the velocity of {the} after the collision",),
            ask=(),
        ),
        Quantity(
            "w", "m/s", 0.2, 40, symbol="w'", meaning="speed of a body",
            noun=("the speed of {other} after the collision",),
            ask=("How fast is {other} after the collision?",),
        ),
    ),
    skills=("momentum_conservation", "energy_conservation"),
    source="OpenStax University Physics 1, section 9.4 (types of collisions)",
    cases=(
        Case({"the": "the glider", "other": "the resting glider"},
             ranges={"m": (0.1, 1), "M": (0.1, 1), "v": (0.2, 2), "w": (0.2, 4)}),
        Case({"the": "the curling stone", "other": "the practice stone"},
             ranges={"m": (10, 25), "M": (10, 25), "v": (0.5, 4), "w": (0.2, 8)}),
        Case({"the": "the bumper car", "other": "the parked bumper car"},
             ranges={"m": (150, 400), "M": (150, 400), "v": (1, 5), "w": (0.2, 10)}),
    ),
    setting=("{the} hits {other}, which is at rest, head-on with no loss of kinetic energy",),
    symbolic=False,
)  # fmt: skip

MEETING = Relation(
    name="meeting-on-the-way",
    title="two travellers meet where their two distances make up the whole way",
    domain="physics",
    field_="mechanics",
    equation="s = v*t",
    also=("D - s = w*(t - d)",),
    inner=("s", "t"),
    quantities=(
        Quantity(
            "D", "km", 1, 600, meaning="distance", ask=(), symbol="D",
            given=("the way between {start} and {end} is {value} long",),
            noun=("the length of the way between {start} and {end}",),
        ),
        Quantity(
            "v", "km/h", 3, 250, ask=(), given=("{the} leaves {start} at {value}",),
            noun=("the speed of {the}",),
        ),
        Quantity(
            "d", "min", 2, 90, meaning="duration", ask=(), symbol="d",
            given=("{other} leaves {end} {value} later",),
            noun=("the time by which {other} leaves later",),
        ),
        Quantity(
            "w", "km/h", 3, 250, ask=(), given=("{other} comes towards {the} at {value}",),
            noun=("the speed of {other}",),
        ),
        Quantity(
            "t", "min", 5, 600, meaning="duration", units=("h",),
            noun=("the time from the start of {the} until the two meet",),
            ask=("How long after the start of {the} do the two meet?",),
        ),
        Quantity(
            "s", "km", 0.5, 500, meaning="distance",
            noun=("the distance from {start} to the place where the two meet",),
            ask=("How far from {start} do the two meet?",),
        ),
    ),
    skills=("kinematics", "word_problem_modelling"),
    source="OpenStax College Algebra 2e, section 2.3 (models and applications)",
    cases=(
        Case({"the": "the goods train", "other": "the express", "start": "the harbour",
              "end": "the capital"},
             ranges={"D": (80, 600), "v": (50, 100), "w": (100, 220), "d": (10, 90)}),
        Case({"the": "the hiker", "other": "the runner", "start": "the hut", "end": "the valley"},
             ranges={"D": (5, 30), "v": (3, 6), "w": (7, 14), "d": (5, 60)}),
        Case({"the": "the cyclist", "other": "the moped", "start": "the lighthouse",
              "end": "the mill"},
             ranges={"D": (15, 90), "v": (14, 30), "w": (25, 45), "d": (5, 60)}),
    ),
    setting=("{the} goes from {start} to {end} while {other} goes the other way",),
    symbolic=False,
)  # fmt: skip

THROW = Relation(
    name="height-of-a-throw",
    title="a body thrown straight up passes a height twice",
    domain="physics",
    field_="mechanics",
    equation="h = v*t - g*t**2/2",
    quantities=(
        Quantity(
            "v", "m/s", 8, 60, meaning="speed of a body", ask=(),
            given=("{the} leaves the ground straight up at {value}",),
            noun=("the speed at which {the} leaves the ground",),
        ),
        Quantity(
            "h", "m", 2, 150, meaning="height", accepts=("length",), ask=(),
            given=("the mark that {the} passes is {value} above the ground",),
            noun=("the height above the ground of the mark that {the} passes",),
        ),
        Quantity(
            "t", "s", 0.1, 12, noun=("the times at which {the} passes the mark",),
            ask=("How long after leaving the ground is {the} level with the mark?",),
            given=(), link=(),
        ),
    ),
    skills=("kinematics", "projectile_motion"),
    source="OpenStax University Physics 1, section 3.5 (free fall)",
    cases=(
        Case({"the": "the firework shell"}, ranges={"v": (30, 60), "h": (20, 150)}),
        Case({"the": "the ball"}, ranges={"v": (8, 25), "h": (2, 28)}),
    ),
    setting=("{the} flies up and falls back without any drag",),
    both={"t": "set"},
    require=("v**2 > 2.2*g*h",),
    symbolic=False,
)  # fmt: skip

RELATIONS = Family(__doc__, ELASTIC, MEETING, THROW)
