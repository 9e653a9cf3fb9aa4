"""Physics: density, pressure and flow."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

DENSITY = Relation(
    name="density",
    title="mass is density times volume",
    domain="physics",
    field_="mechanics",
    equation="m = rho*V",
    quantities=(
        Quantity(
            "rho",
            "kg/m**3",
            0.1,
            22000,
            ask=(),
            symbol=r"\rho",
            units=("g/cm**3",),
            noun=("the density of {stuff}",),
        ),
        Quantity(
            "V",
            "L",
            0.01,
            20000,
            meaning="volume of {stuff}",
            units=("m**3", "cm**3"),
            accepts=("volume", "volume of liquid"),
            given=("{the} takes up a volume of {value}",),
            noun=("the volume of {the}",),
            link=("{the} fills exactly {source}",),
            ask=("What volume does {the} take up?", "What is the volume of {the}?"),
        ),
        Quantity(
            "m",
            "kg",
            0.01,
            50000,
            meaning="mass of {stuff}",
            accepts=("mass",),
            units=("g",),
            given=("{the} has a mass of {value}",),
            noun=("the mass of {the}",),
        ),
    ),
    skills=("density", "multiplication"),
    source="OpenStax University Physics 1, section 14.1 (density)",
    # Densities near 20 degrees Celsius: CRC Handbook of Chemistry and Physics.
    cases=(
        Case(
            {"the": "the batch of ethanol", "stuff": "ethanol", "a": "a batch of ethanol"},
            fixed={"rho": "789"},
        ),
        Case(
            {"the": "the batch of olive oil", "stuff": "olive oil", "a": "a batch of olive oil"},
            fixed={"rho": "913"},
        ),
        Case(
            {"the": "the amount of water", "stuff": "water", "a": "an amount of water"},
            fixed={"rho": "998"},
        ),
        Case(
            {"the": "the batch of glycerol", "stuff": "glycerol", "a": "a batch of glycerol"},
            fixed={"rho": "1261"},
        ),
    ),
    setting=("{a} is measured out at room temperature",),
)

PRESSURE = Relation(
    name="pressure-at-depth",
    title="the pressure of a liquid is density times $g$ times depth",
    domain="physics",
    field_="fluids",
    equation="p = rho*g*h",
    quantities=(
        Quantity(
            "rho",
            "kg/m**3",
            600,
            14000,
            ask=(),
            symbol=r"\rho",
            noun=("the density of {stuff}",),
        ),
        Quantity(
            "h",
            "m",
            0.05,
            400,
            meaning="length",
            units=("cm",),
            given=("{the} is {value} below the surface",),
            noun=("the depth of {the} below the surface",),
            ask=("How deep below the surface is {the}?",),
        ),
        Quantity(
            "p",
            "kPa",
            0.5,
            4500,
            meaning="pressure difference",
            given=("{the} feels a pressure of {value} from {stuff} alone",),
            noun=("the pressure of {stuff} alone on {the}",),
            ask=("What pressure does {the} feel from {stuff} alone?",),
        ),
    ),
    skills=("fluid_statics",),
    source="OpenStax University Physics 1, section 14.1 (pressure)",
    cases=(
        Case(
            {"the": "the diving bell", "stuff": "seawater", "a": "a diving bell"},
            fixed={"rho": "1025"},
            ranges={"h": (2, 300)},
        ),
        Case(
            {"the": "the sensor", "stuff": "olive oil", "a": "a pressure sensor"},
            fixed={"rho": "913"},
            ranges={"h": (0.1, 9)},
        ),
        Case(
            {"the": "the valve", "stuff": "mercury", "a": "a valve"},
            fixed={"rho": "13530"},
            ranges={"h": (0.05, 2)},
        ),
    ),
    extras=(Extra("{the} has a mass of {value}", "kg", 2, 90),),
    setting=("{a} is submerged in {stuff}",),
)

PRESSURE_FORCE = Relation(
    name="pressure-force",
    title="force is pressure times area",
    domain="physics",
    field_="fluids",
    equation="F = p*A",
    quantities=(
        Quantity(
            "p",
            "kPa",
            1,
            4500,
            meaning="pressure difference",
            given=("the pressure inside exceeds that outside {the} by {value}",),
            noun=("the difference in pressure across {the}",),
        ),
        Quantity(
            "A",
            "cm**2",
            0.5,
            50000,
            meaning="area",
            units=("m**2",),
            given=("{the} has an area of {value}", "the area of {the} is {value}"),
            noun=("the area of {the}",),
        ),
        Quantity(
            "F",
            "kN",
            0.001,
            5000,
            meaning="force",
            units=("N",),
            given=("the difference in pressure pushes on {the} with {value}",),
            noun=("the force due to the pressure on {the}",),
            ask=("With what force does the difference in pressure push on {the}?",),
        ),
    ),
    skills=("fluid_statics", "multiplication"),
    source="OpenStax University Physics 1, section 14.1 (pressure)",
    cases=(
        Case({"a": "a hatch", "the": "the hatch"}, ranges={"A": (1000, 15000), "p": (5, 500)}),
        Case({"a": "a piston", "the": "the piston"}, ranges={"A": (5, 500), "p": (50, 4500)}),
    ),
    extras=(Extra("{the} has a mass of {value}", "kg", 2, 40),),
    setting=("{a} closes a vessel against the outside",),
)

FLOW = Relation(
    name="filling-time",
    title="volume is flow rate times time",
    domain="physics",
    field_="fluids",
    equation="V = q*t",
    quantities=(
        Quantity(
            "q",
            "L/min",
            0.2,
            2000,
            meaning="volume flow",
            units=("L/s",),
            given=("water flows through {the} at {value}",),
            noun=("the flow rate through {the}",),
            ask=("At what rate does water flow through {the}?",),
        ),
        Quantity(
            "t",
            "min",
            0.2,
            600,
            meaning="duration",
            units=("s", "h"),
            given=("{the} is open for {value}",),
            noun=("the time for which {the} is open",),
            link=("{the} is open for exactly {source}",),
            ask=("For how long is {the} open?",),
        ),
        Quantity(
            "V",
            "L",
            1,
            100000,
            meaning="volume of liquid",
            accepts=("volume",),
            units=("m**3",),
            given=("in all, {value} of water flows through {the}",),
            noun=("the volume of water that flows through {the}",),
            ask=("What volume of water flows through {the}?",),
        ),
    ),
    skills=("fluid_flow", "rate"),
    source="OpenStax University Physics 1, section 14.5 (fluid dynamics)",
    cases=(
        Case(
            {"a": "a garden hose", "the": "the hose"},
            ranges={"q": (5, 40), "t": (0.5, 180), "V": (5, 4000)},
        ),
        Case(
            {"a": "a fire hydrant", "the": "the hydrant"},
            ranges={"q": (200, 2000), "t": (0.5, 60), "V": (200, 60000)},
        ),
        Case(
            {"a": "a tap", "the": "the tap"}, ranges={"q": (2, 15), "t": (0.2, 60), "V": (1, 600)}
        ),
    ),
    extras=(Extra("{the} is {value} years old", "", 2, 20),),
    setting=("{a} lets water through at a steady rate",),
)

RELATIONS = Family(__doc__, DENSITY, PRESSURE, PRESSURE_FORCE, FLOW)
