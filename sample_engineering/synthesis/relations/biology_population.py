"""Biology: the growth and size of populations."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

DOUBLING = Relation(
    name="population-doubling",
    title="the time is the doubling time times the binary logarithm of the growth",
    domain="biology",
    field_="population biology",
    equation="t = T*log2(N/N0)",
    quantities=(
        Quantity(
            "N0",
            "",
            100,
            1e7,
            meaning="count of cells",
            symbol="N_0",
            given=("{the} starts with {value} cells", "at the start {the} holds {value} cells"),
            noun=("the starting number of cells in {the}",),
            ask=(
                "How many cells did {the} hold at the start?",
                "What is the starting number of cells in {the}?",
            ),
        ),
        Quantity(
            "T",
            "min",
            15,
            3000,
            ask=(),
            meaning="doubling time",
            given=("the number of cells in {the} doubles every {value}",),
            noun=("the doubling time of {the}",),
        ),
        Quantity(
            "t",
            "h",
            0.5,
            400,
            meaning="duration",
            given=(
                "{the} grows undisturbed for {value}",
                "the time for which {the} grows is {value}",
            ),
            noun=("the time for which {the} grows",),
            link=("{the} grows undisturbed for exactly {source}",),
            ask=("For how long does {the} grow?", "What is the time for which {the} grows?"),
        ),
        Quantity(
            "N",
            "",
            200,
            5e10,
            meaning="count of cells",
            given=(
                "in the end {the} holds {value} cells",
                "the final number of cells in {the} is {value}",
            ),
            noun=("the final number of cells in {the}",),
            ask=(
                "How many cells does {the} hold in the end?",
                "What is the final number of cells in {the}?",
            ),
        ),
    ),
    skills=("population_growth", "exponential_change", "logarithm"),
    source="OpenStax Microbiology, section 9.1 (how microbes grow)",
    cases=(
        Case(
            {"the": "the broth culture", "cell": "bacteria"}, ranges={"T": (18, 90), "t": (0.5, 15)}
        ),
        Case({"the": "the yeast culture", "cell": "yeast"}, ranges={"T": (80, 180), "t": (2, 30)}),
        Case(
            {"the": "the tissue culture", "cell": "human cells"},
            ranges={"T": (1080, 1800), "t": (24, 240), "N0": (1e4, 1e7)},
        ),
    ),
    extras=(Extra("{the} is kept at {value}", "degC", 25, 37),),
    setting=("{the} contains dividing {cell} with plenty of food",),
)

EXPONENTIAL = Relation(
    name="exponential-growth",
    title="exponential growth at a constant rate per head",
    domain="biology",
    field_="population biology",
    equation="N = N0*exp(r*t)",
    quantities=(
        Quantity(
            "N0",
            "",
            20,
            50000,
            ask=(),
            whole=True,
            meaning="count of {animals}",
            symbol="N_0",
            given=("{value} {animals} live {place} at first",),
            noun=("the initial number of {animals} {place}",),
            link=("at first the number of {animals} {place} equals {source}",),
        ),
        Quantity(
            "r",
            "yr**-1",
            0.01,
            1.5,
            meaning="growth rate",
            given=(
                "the growth rate of the {animals} {place} is {value}",
                "the growth rate of the {animals} {place} is found to be {value}",
            ),
            noun=("the growth rate of the {animals} {place}",),
            ask=(
                "What is the growth rate of the {animals} {place}?",
                "How high is the growth rate of the {animals} {place}?",
            ),
        ),
        Quantity(
            "t",
            "yr",
            0.5,
            40,
            meaning="duration",
            given=(
                "the {animals} {place} multiply in this way for {value}",
                "the time for which the {animals} {place} multiply is {value}",
            ),
            noun=("the time for which the {animals} {place} multiply",),
            link=("the {animals} {place} multiply in this way for exactly {source}",),
            ask=(
                "For how long do the {animals} {place} multiply?",
                "What is the time for which the {animals} {place} multiply?",
            ),
        ),
        Quantity(
            "N",
            "",
            100,
            1e6,
            meaning="estimate of {animals}",
            given=(
                "{value} {animals} live {place} in the end",
                "the final number of {animals} {place} is {value}",
            ),
            noun=("the final number of {animals} {place}",),
            ask=(
                "About how many {animals} live {place} in the end?",
                "What is the final number of {animals} {place}?",
            ),
        ),
    ),
    skills=("population_growth", "exponential_change", "logarithm"),
    source="OpenStax Biology 2e, section 45.3 (environmental limits to population growth)",
    cases=(
        Case(
            {"the": "the island", "place": "on the island", "animals": "rabbits"},
            ranges={"r": (0.2, 1.5), "t": (0.5, 5)},
        ),
        Case(
            {"the": "the reserve", "place": "in the reserve", "animals": "elephants"},
            ranges={"r": (0.02, 0.07), "N0": (20, 3000)},
        ),
        Case(
            {"the": "the valley", "place": "in the valley", "animals": "deer"},
            ranges={"r": (0.05, 0.35), "t": (1, 12), "N0": (20, 3000)},
        ),
    ),
    setting=("the population of {animals} {place} grows exponentially",),
    extras=(Extra("an adult of the {animals} {place} needs {value} of water a day", "L", 0.2, 90),),
)

LOGISTIC = Relation(
    name="logistic-growth",
    title="logistic growth slows as the population nears the carrying capacity",
    domain="biology",
    field_="population biology",
    equation="g = r*N*(1 - N/K)",
    quantities=(
        Quantity(
            "r",
            "yr**-1",
            0.02,
            1.5,
            meaning="growth rate",
            given=(
                "the intrinsic growth rate of the {animals} {place} is {value}",
                "the intrinsic growth rate of the {animals} {place} is found to be {value}",
            ),
            noun=("the intrinsic growth rate of the {animals} {place}",),
            ask=(
                "What is the intrinsic growth rate of the {animals} {place}?",
                "How high is the intrinsic growth rate of the {animals} {place}?",
            ),
        ),
        Quantity(
            "N",
            "",
            20,
            20000,
            ask=(),
            whole=True,
            meaning="count of {animals}",
            given=("{value} {animals} now live {place}",),
            noun=("the present number of {animals} {place}",),
        ),
        Quantity(
            "K",
            "",
            50,
            50000,
            ask=(),
            whole=True,
            step=10,
            meaning="count of {animals}",
            given=("the carrying capacity {place} is {value} {animals}",),
            noun=("the carrying capacity {place}",),
        ),
        Quantity(
            "g",
            "yr**-1",
            1,
            8000,
            meaning="increase per year",
            symbol=r"\mathrm{d}N/\mathrm{d}t",
            given=(
                "the number of {animals} {place} is now rising at a rate of {value}",
                "the present rate at which the number of {animals} {place} rises is {value}",
            ),
            noun=("the present rate at which the number of {animals} {place} rises",),
            link=("the number of {animals} {place} is now rising at a rate equal to {source}",),
            ask=(
                "At what rate is the number of {animals} {place} now rising?",
                "What is the present rate at which the number of {animals} {place} rises?",
            ),
        ),
    ),
    skills=("population_growth", "multiplication"),
    source="OpenStax Biology 2e, section 45.3 (logistic growth)",
    cases=(
        Case(
            {"the": "the lake", "place": "in the lake", "animals": "trout"}, ranges={"r": (0.1, 1)}
        ),
        Case(
            {"the": "the sea bay", "place": "in the bay", "animals": "seals"},
            ranges={"r": (0.03, 0.15), "N": (50, 5000), "K": (100, 10000)},
        ),
        Case(
            {"the": "the meadow", "place": "in the meadow", "animals": "voles"},
            ranges={"r": (0.3, 1.5), "N": (20, 2000), "K": (50, 5000)},
        ),
    ),
    setting=("the population of {animals} {place} follows logistic growth",),
    require=("K > N",),
)

RECAPTURE = Relation(
    name="mark-recapture",
    title="the Lincoln-Petersen estimate from marked and recaptured animals",
    domain="biology",
    field_="population biology",
    equation="N*R = M*C",
    quantities=(
        Quantity(
            "M",
            "",
            10,
            500,
            whole=True,
            meaning="count of {animals}",
            given=(
                "the first catch {place} consists of {value} {animals}, which are all marked",
                "the number of {animals} marked {place} is {value}",
            ),
            noun=("the number of {animals} marked {place}",),
            ask=(
                "How many {animals} were marked {place} in the first catch?",
                "What is the number of {animals} marked {place}?",
            ),
        ),
        Quantity(
            "C",
            "",
            10,
            600,
            ask=(),
            whole=True,
            meaning="count of {animals}",
            given=("a second catch {place} brings in {value} {animals}",),
            noun=("the size of the second catch {place}",),
            link=("the number of {animals} in the second catch {place} equals {source}",),
        ),
        Quantity(
            "R",
            "",
            2,
            200,
            ask=(),
            whole=True,
            noun=("the number of marked {animals} in the second catch {place}",),
        ),
        Quantity(
            "N",
            "",
            50,
            20000,
            whole=True,
            meaning="count of {animals}",
            given=(
                "the Lincoln-Petersen estimate {place} comes to {value} {animals}",
                "the estimated number of {animals} {place} is {value}",
            ),
            noun=("the estimated number of {animals} {place}",),
            ask=(
                "How many {animals} live {place} by the Lincoln-Petersen estimate?",
                "What is the estimated number of {animals} {place}?",
            ),
        ),
    ),
    skills=("mark_recapture", "proportion", "multiplication"),
    source="OpenStax Biology 2e, section 45.1 (mark and recapture)",
    cases=(
        Case({"the": "the pond", "place": "in the pond", "animals": "carp"}),
        Case({"the": "the wood", "place": "in the wood", "animals": "mice"}),
        Case({"the": "the garden", "place": "in the garden", "animals": "snails"}),
    ),
    extras=(Extra("{the} lies {value} from the field station", "km", 1, 20),),
    setting=(
        "the number of {animals} {place} is estimated by marking, releasing then recapturing",
    ),
    require=("C > R", "M > R"),
)

RELATIONS = Family(__doc__, DOUBLING, EXPONENTIAL, LOGISTIC, RECAPTURE)
