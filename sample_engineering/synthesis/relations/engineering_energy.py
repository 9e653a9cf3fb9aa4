"""Engineering: power from sun and wind, power for pumps."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

PUMP = Relation(
    name="pump-power",
    title="the power to lift a liquid is density times gravity times flow times height",
    domain="engineering",
    field_="fluid machines",
    equation="P = d*g*q*h",
    quantities=(
        Quantity(
            "d",
            "kg/m**3",
            600,
            1300,
            ask=(),
            symbol=r"\rho",
            noun=("the density of the {liquid}",),
        ),
        Quantity(
            "q",
            "L/s",
            0.1,
            500,
            meaning="volume flow",
            units=("m**3/s",),
            given=("{the} moves {value} of {liquid}", "the volume flow through {the} is {value}"),
            noun=("the volume flow through {the}",),
            ask=(
                "What is the volume flow through {the}?",
                "How large is the volume flow through {the}?",
            ),
        ),
        Quantity(
            "h",
            "m",
            1,
            150,
            meaning="length",
            given=(
                "{the} lifts the {liquid} by {value}",
                "the height to which {the} lifts the {liquid} is {value}",
            ),
            noun=("the height to which {the} lifts the {liquid}",),
            link=("{the} lifts the {liquid} to a height equal to {source}",),
            ask=(
                "To what height does {the} lift the {liquid}?",
                "What is the height to which {the} lifts the {liquid}?",
            ),
        ),
        Quantity(
            "P",
            "kW",
            0.01,
            700,
            meaning="power",
            units=("W",),
            given=(
                "{the} delivers a mechanical power of {value}",
                "the mechanical power of {the} is {value}",
            ),
            noun=("the mechanical power of {the}",),
            ask=(
                "What mechanical power must {the} deliver?",
                "What is the mechanical power of {the}?",
            ),
        ),
    ),
    skills=("work_and_power", "fluid_flow", "multiplication"),
    source="White, Fluid Mechanics, chapter on turbomachinery (hydraulic power)",
    cases=(
        Case(
            {"the": "the village pump", "liquid": "water"},
            fixed={"d": "998"},
            ranges={"q": (0.5, 30), "h": (5, 80)},
        ),
        Case(
            {"the": "the polder pump", "liquid": "water"},
            fixed={"d": "998"},
            ranges={"q": (50, 500), "h": (1, 8)},
        ),
        Case(
            {"the": "the ship's pump", "liquid": "seawater"},
            fixed={"d": "1025"},
            ranges={"q": (1, 80), "h": (3, 40)},
        ),
    ),
    extras=(Extra("{the} has a mass of {value}", "kg", 20, 400),),
    setting=(
        "{the} lifts {liquid} at a steady rate, with friction in the pipe left out of account",
    ),
)


SOLAR = Relation(
    name="solar-panel",
    title="the power of a solar panel is irradiance times area times efficiency",
    domain="engineering",
    field_="energy systems",
    equation="P = G*A*e",
    quantities=(
        Quantity(
            "G",
            "W/m**2",
            100,
            1050,
            meaning="irradiance",
            given=("sunlight of {value} falls on {the}", "the irradiance on {the} is {value}"),
            noun=("the irradiance on {the}",),
            ask=("What is the irradiance on {the}?", "How high is the irradiance on {the}?"),
        ),
        Quantity(
            "A",
            "m**2",
            0.2,
            5000,
            meaning="area",
            given=("{the} has an area of {value}", "the area of {the} is {value}"),
            noun=("the area of {the}",),
            ask=("What area must {the} have?", "What is the area of {the}?"),
        ),
        Quantity(
            "e",
            "percent",
            8,
            25,
            meaning="efficiency",
            symbol=r"\eta",
            given=(
                "{the} converts {value} of the light into electricity",
                "the efficiency of {the} is {value}",
            ),
            noun=("the efficiency of {the}",),
            link=("the percentage of the light that {the} converts equals {source}",),
            ask=(
                "What percentage of the light does {the} convert into electricity?",
                "What is the efficiency of {the}?",
            ),
        ),
        Quantity(
            "P",
            "kW",
            0.005,
            1200,
            meaning="power",
            units=("W",),
            given=(
                "{the} supplies an electrical power of {value}",
                "the electrical power of {the} is {value}",
            ),
            noun=("the electrical power of {the}",),
            ask=(
                "What electrical power does {the} supply?",
                "What is the electrical power of {the}?",
            ),
        ),
    ),
    skills=("efficiency", "percentage", "multiplication"),
    source="Duffie and Beckman, Solar Engineering of Thermal Processes, chapter on photovoltaics",
    cases=(
        Case({"the": "the roof panel"}, ranges={"A": (1, 60)}),
        Case({"the": "the solar park"}, ranges={"A": (500, 5000)}),
        Case({"the": "the camper's panel"}, ranges={"A": (0.2, 2)}),
    ),
    extras=(Extra("the cable of {the} is {value} long", "m", 5, 60),),
    setting=("the sun shines straight onto {the}",),
)


WIND = Relation(
    name="wind-turbine",
    title="the power of a wind turbine grows with the cube of the wind speed",
    domain="engineering",
    field_="energy systems",
    equation="P = c*d*A*v**3/2",
    quantities=(
        Quantity(
            "c",
            "percent",
            20,
            50,
            meaning="efficiency",
            symbol=r"c_{\mathrm{p}}",
            given=(
                "{the} captures {value} of the kinetic energy of the wind",
                "the power coefficient of {the} is {value}",
            ),
            noun=("the power coefficient of {the}",),
            link=("the percentage of the wind's energy captured by {the} equals {source}",),
            ask=(
                "What percentage of the kinetic energy of the wind does {the} capture?",
                "What is the power coefficient of {the}?",
            ),
        ),
        Quantity(
            "d",
            "kg/m**3",
            1.1,
            1.3,
            ask=(),
            symbol=r"\rho",
            noun=("the density of the air at {the}",),
        ),
        Quantity(
            "A",
            "m**2",
            2,
            15000,
            meaning="area",
            given=(
                "the rotor of {the} sweeps an area of {value}",
                "the area swept by the rotor of {the} is {value}",
            ),
            noun=("the area swept by the rotor of {the}",),
            link=("the rotor of {the} sweeps an area equal to {source}",),
            ask=(
                "What area does the rotor of {the} sweep?",
                "What is the area swept by the rotor of {the}?",
            ),
        ),
        Quantity(
            "v",
            "m/s",
            3,
            18,
            meaning="speed",
            units=("km/h",),
            given=(
                "the wind at {the} blows at {value}",
                "the speed of the wind at {the} is {value}",
            ),
            noun=("the speed of the wind at {the}",),
            ask=(
                "How fast does the wind at {the} blow?",
                "What is the speed of the wind at {the}?",
            ),
        ),
        Quantity(
            "P",
            "kW",
            0.02,
            6000,
            meaning="power",
            units=("W", "MW"),
            given=("{the} generates a power of {value}", "the power generated by {the} is {value}"),
            noun=("the power generated by {the}",),
            ask=("What power does {the} generate?", "What is the power generated by {the}?"),
        ),
    ),
    skills=("efficiency", "cubing", "multiplication"),
    source="Manwell, McGowan and Rogers, Wind Energy Explained, section 2.1",
    cases=(
        Case({"the": "the offshore turbine"}, fixed={"d": "1.23"}, ranges={"A": (5000, 15000)}),
        Case({"the": "the farm turbine"}, fixed={"d": "1.20"}, ranges={"A": (20, 500)}),
        Case({"the": "the boat's wind generator"}, fixed={"d": "1.22"}, ranges={"A": (2, 4)}),
    ),
    extras=(Extra("the mast of {the} is {value} high", "m", 5, 90),),
    setting=("a steady wind turns the rotor of {the}",),
)


RELATIONS = Family(__doc__, PUMP, SOLAR, WIND)
