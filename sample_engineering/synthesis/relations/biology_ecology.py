"""Biology: food, energy and space in ecosystems."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

FOOD_ENERGY = Relation(
    name="food-energy",
    title="the energy in food is its mass times its energy per mass",
    domain="biology",
    field_="physiology",
    equation="E = m*w",
    quantities=(
        Quantity(
            "m",
            "g",
            1,
            1000,
            meaning="mass of {food}",
            accepts=("mass",),
            given=("{the} eats {value} of {food}", "the mass of {food} that {the} eats is {value}"),
            noun=("the mass of {food} that {the} eats",),
            ask=(
                "What mass of {food} does {the} eat?",
                "What is the mass of {food} that {the} eats?",
            ),
        ),
        Quantity(
            "w",
            "kJ/g",
            1,
            40,
            ask=(),
            given=("the body gains {value} from {food}",),
            noun=("the energy per mass of {food}",),
        ),
        Quantity(
            "E",
            "kJ",
            15,
            20000,
            meaning="energy",
            units=("MJ", "kcal"),
            given=(
                "{the} gains {value} from the meal",
                "the energy that {the} gains from the meal is {value}",
            ),
            noun=("the energy that {the} gains from the meal",),
            ask=(
                "How much energy does {the} gain from the meal?",
                "What is the energy that {the} gains from the meal?",
            ),
        ),
    ),
    skills=("metabolism", "multiplication", "division"),
    source="Food energy factors (Atwater); OpenStax Anatomy and Physiology 2e, section 24.7",
    cases=(
        Case({"the": "the mountaineer", "food": "fat"}, fixed={"w": "37"}, ranges={"m": (5, 300)}),
        Case(
            {"the": "the marathon runner", "food": "glucose"},
            fixed={"w": "15.6"},
            ranges={"m": (10, 600)},
        ),
        Case(
            {"the": "the weightlifter", "food": "protein"},
            fixed={"w": "17"},
            ranges={"m": (10, 300)},
        ),
    ),
    setting=("a meal of {food} supplies {the} with energy",),
    extras=(Extra("{the} drinks {value} of water with the meal", "L", 0.2, 1.5),),
)


TROPHIC = Relation(
    name="trophic-transfer",
    title="each step of a food chain passes on only a share of the energy",
    domain="biology",
    field_="ecology",
    equation="E = s*P",
    quantities=(
        Quantity(
            "P",
            "MJ",
            50,
            5000000,
            meaning="energy",
            units=("kJ", "GJ"),
            given=(
                "the {prey} of {the} store {value} in their tissues",
                "the energy stored by the {prey} of {the} is {value}",
            ),
            noun=("the energy stored by the {prey} of {the}",),
            ask=(
                "How much energy do the {prey} of {the} store?",
                "What is the energy stored by the {prey} of {the}?",
            ),
        ),
        Quantity(
            "s",
            "percent",
            2,
            25,
            meaning="trophic efficiency",
            given=(
                "{value} of the energy stored by the {prey} of {the} ends up in the {eaters}",
                "the share of energy passed on to the {eaters} of {the} is {value}",
            ),
            noun=("the share of energy passed on to the {eaters} of {the}",),
            link=(
                "the percentage of the energy of the {prey} that ends up in the {eaters} of {the} "
                "equals {source}",
            ),
            ask=(
                "What percentage of the energy of the {prey} passes on to the {eaters} of {the}?",
                "What is the share of energy passed on to the {eaters} of {the}?",
            ),
        ),
        Quantity(
            "E",
            "MJ",
            2,
            1000000,
            meaning="energy",
            units=("kJ", "GJ"),
            given=(
                "the {eaters} of {the} store {value} in their tissues",
                "the energy stored by the {eaters} of {the} is {value}",
            ),
            noun=("the energy stored by the {eaters} of {the}",),
            ask=(
                "How much energy do the {eaters} of {the} store?",
                "What is the energy stored by the {eaters} of {the}?",
            ),
        ),
    ),
    skills=("ecology", "percentage", "multiplication"),
    source="Ten percent law (Lindeman); OpenStax Biology 2e, section 46.2 (energy flow)",
    cases=(
        Case({"the": "the pasture", "prey": "plants", "eaters": "grasshoppers"}),
        Case({"the": "the coral reef", "prey": "algae", "eaters": "fish"}),
        Case({"the": "the prairie", "prey": "grasses", "eaters": "bison"}),
    ),
    extras=(Extra("the mean temperature at {the} is {value}", "degC", 15, 28),),
    setting=("the {eaters} of {the} feed only on its {prey}",),
)

PRODUCTIVITY = Relation(
    name="net-primary-production",
    title="production is productivity times area times time",
    domain="biology",
    field_="ecology",
    equation="m = p*A*t",
    quantities=(
        Quantity(
            "p",
            "g/(m**2*yr)",
            50,
            3000,
            meaning="primary productivity",
            given=(
                "the net primary productivity of {the} is {value} of dry plant matter",
                "the net primary productivity of {the} is {value}",
            ),
            noun=("the net primary productivity of {the}",),
            ask=(
                "What is the net primary productivity of {the}?",
                "How high is the net primary productivity of {the}?",
            ),
        ),
        Quantity(
            "A",
            "m**2",
            10,
            1000000,
            meaning="land area",
            accepts=("area",),  # yields to no wall or hatch: a wall as large as a marsh is no story
            units=("ha",),
            given=("{the} covers {value}", "the area of {the} is {value}"),
            noun=("the area of {the}",),
            ask=("What area does {the} cover?", "What is the area of {the}?"),
        ),
        Quantity(
            "t",
            "yr",
            0.25,
            10,
            meaning="observation time",
            accepts=("duration",),
            units=("day",),
            given=(
                "{the} is studied for {value}",
                "the time for which {the} is studied is {value}",
            ),
            noun=("the time for which {the} is studied",),
            link=("{the} is studied for exactly {source}",),
            ask=("For how long is {the} studied?", "What is the time for which {the} is studied?"),
        ),
        Quantity(
            "m",
            "kg",
            1,
            2e7,
            meaning="mass of dry plant matter",
            accepts=("mass",),
            given=(
                "the plants of {the} produce {value} of dry plant matter in that time",
                "the mass of dry plant matter produced by {the} is {value}",
            ),
            noun=("the mass of dry plant matter produced by {the}",),
            ask=(
                "What mass of dry plant matter do the plants of {the} produce in that time?",
                "What is the mass of dry plant matter produced by {the}?",
            ),
        ),
    ),
    skills=("ecology", "rate", "multiplication"),
    source="OpenStax Biology 2e, section 46.2 (productivity within trophic levels)",
    cases=(
        Case({"the": "the salt marsh"}, ranges={"p": (800, 2500)}),
        Case({"the": "the oak forest"}, ranges={"p": (600, 1500), "A": (1000, 1000000)}),
        Case({"the": "the tundra plot"}, ranges={"p": (50, 300)}),
    ),
    extras=(Extra("the mean air temperature at {the} is {value}", "degC", 2, 18),),
    setting=("the growth of plants is measured in {the}",),
)

DENSITY = Relation(
    name="population-density",
    title="the number of individuals is the population density times the area",
    domain="biology",
    field_="ecology",
    equation="N = d*A",
    quantities=(
        Quantity(
            "d",
            "m**-2",
            0.01,
            500,
            meaning="population density",
            given=(
                "the population density of the {animals} in {the} is {value}",
                "the population density of the {animals} in {the} is found to be {value}",
            ),
            noun=("the population density of the {animals} in {the}",),
            ask=(
                "What is the population density of the {animals} in {the}?",
                "How high is the population density of the {animals} in {the}?",
            ),
        ),
        Quantity(
            "A",
            "m**2",
            1,
            50000,
            meaning="land area",
            accepts=("area",),  # yields to no wall or hatch: a wall as large as a marsh is no story
            given=("{the} has an area of {value}", "the area of {the} is {value}"),
            noun=("the area of {the}",),
            ask=("What is the area of {the}?", "How large is the area of {the}?"),
        ),
        Quantity(
            "N",
            "",
            100,
            1e6,
            meaning="estimate of {animals}",
            accepts=("count of {animals}",),
            given=(
                "about {value} {animals} live in {the}",
                "the number of {animals} in {the} is {value}",
            ),
            noun=("the number of {animals} in {the}",),
            ask=(
                "About how many {animals} live in {the}?",
                "What is the number of {animals} in {the}?",
            ),
        ),
    ),
    skills=("ecology", "density", "multiplication"),
    source="OpenStax Biology 2e, section 45.1 (population demography)",
    cases=(
        Case(
            {"the": "the flower bed", "animals": "earthworms"},
            ranges={"d": (20, 400), "A": (1, 400)},
        ),
        Case(
            {"the": "the mussel bank", "animals": "mussels"},
            ranges={"d": (50, 500), "A": (2, 2000)},
        ),
        Case({"the": "the field", "animals": "snails"}, ranges={"d": (0.2, 10), "A": (50, 50000)}),
    ),
    extras=(Extra("{the} was last surveyed {value} years ago", "", 2, 9),),
    setting=("the {animals} are spread evenly over {the}",),
)

RELATIONS = Family(__doc__, FOOD_ENERGY, TROPHIC, PRODUCTIVITY, DENSITY)
