"""Chemistry: nuclear chemistry."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

# Half-lives: National Nuclear Data Center, NuDat 3.
ACTIVITY_DECAY = Relation(
    name="activity-decay",
    title="the activity halves with every half-life",
    domain="chemistry",
    field_="nuclear chemistry",
    equation="t = T*log2(A0/A)",
    quantities=(
        Quantity(
            "A0",
            "MBq",
            1,
            2000,
            meaning="activity",
            symbol="A_0",
            given=("{the} has an activity of {value} at first",),
            noun=("the initial activity of {the}",),
            link=("at first the activity of {the} equals {source}",),
            ask=("What activity did {the} have at first?",),
        ),
        Quantity(
            "T",
            "h",
            1,
            20,
            ask=(),
            symbol="T_{1/2}",
            given=("{isotope} decays with a half-life of {value}",),
            noun=("the half-life of {isotope}",),
        ),
        Quantity(
            "t",
            "h",
            0.2,
            72,
            meaning="storage time",
            accepts=("duration",),
            units=("min",),
            given=("{the} is stored for {value}", "{the} is kept in store for {value}"),
            noun=("the time for which {the} is stored",),
            link=("{the} is stored for exactly {source}",),
            ask=("For how long is {the} stored?", "What is the time for which {the} is stored?"),
        ),
        Quantity(
            "A",
            "MBq",
            0.5,
            1900,
            meaning="activity",
            given=(
                "after storage {the} has an activity of {value}",
                "the activity of {the} after storage is {value}",
            ),
            noun=("the activity of {the} after storage",),
            link=("after storage the activity of {the} equals {source}",),
            ask=(
                "What activity does {the} have after storage?",
                "What is the activity of {the} after storage?",
            ),
        ),
    ),
    skills=("nuclear_decay", "exponential_change", "logarithm"),
    source="OpenStax Chemistry 2e, section 21.3 (radioactive decay)",
    cases=(
        Case({"the": "the scanner vial", "isotope": "technetium-99m"}, fixed={"T": "6.01"}),
        Case(
            {"the": "the tracer syringe", "isotope": "fluorine-18"},
            fixed={"T": "1.83"},
            ranges={"t": (0.2, 10)},
        ),
        Case({"the": "the shielded capsule", "isotope": "iodine-123"}, fixed={"T": "13.2"}),
        Case({"the": "the lead pot", "isotope": "sodium-24"}, fixed={"T": "15.0"}),
    ),
    extras=(Extra("{the} has a mass of {value}", "g", 5, 90),),
    setting=("the only radioactive substance in {the} is {isotope}",),
)

NUCLEI_ACTIVITY = Relation(
    name="activity-of-nuclei",
    title="the activity is the decay constant times the number of nuclei",
    domain="chemistry",
    field_="nuclear chemistry",
    equation="A*T = N*log(2)",
    quantities=(
        Quantity(
            "N",
            "",
            1e9,
            1e16,
            meaning="count of nuclei",
            given=(
                "{the} contains {value} nuclei of {isotope}",
                "the number of {isotope} nuclei in {the} is {value}",
            ),
            noun=("the number of {isotope} nuclei in {the}",),
            ask=(
                "How many nuclei of {isotope} does {the} contain?",
                "What is the number of {isotope} nuclei in {the}?",
            ),
        ),
        Quantity(
            "T",
            "d",
            0.5,
            5000,
            ask=(),
            symbol="T_{1/2}",
            given=("{isotope} has a half-life of {value}",),
            noun=("the half-life of {isotope}",),
        ),
        Quantity(
            "A",
            "kBq",
            0.1,
            10000000,
            meaning="activity",
            units=("MBq",),
            given=(
                "a counter finds an activity of {value} in {the}",
                "the activity of {the} is {value}",
            ),
            noun=("the activity of {the}",),
            ask=("What is the activity of {the}?", "How high is the activity of {the}?"),
        ),
    ),
    skills=("nuclear_decay", "scientific_notation", "division"),
    source="OpenStax Chemistry 2e, section 21.3 (radioactive half-lives)",
    cases=(
        Case(
            {"the": "the thyroid capsule", "isotope": "iodine-131"},
            fixed={"T": "8.02"},
            ranges={"N": (1e11, 1e15)},
        ),
        Case(
            {"the": "the calibration source", "isotope": "cobalt-60"},
            fixed={"T": "1925"},
            ranges={"N": (1e11, 1e16)},
        ),
        Case(
            {"the": "the labelled sample", "isotope": "phosphorus-32"},
            fixed={"T": "14.3"},
            ranges={"N": (1e10, 1e14)},
        ),
    ),
    extras=(Extra("{the} has a mass of {value}", "g", 5, 90),),
    setting=("{the} contains {isotope} as its only radioactive substance",),
)

RADIOCARBON = Relation(
    name="radiocarbon-dating",
    title="the share of carbon-14 left tells the age",
    domain="chemistry",
    field_="nuclear chemistry",
    equation="f = 2**(-t/T)",
    quantities=(
        Quantity(
            "T",
            "yr",
            5700,
            5740,
            ask=(),
            digits=4,
            symbol="T_{1/2}",
            noun=("the half-life of carbon-14",),
        ),
        Quantity(
            "t",
            "yr",
            300,
            40000,
            meaning="age",
            given=("{the} is {value} old", "the age of {the} is {value}"),
            noun=("the age of {the}",),
            ask=("How old is {the}?", "What is the age of {the}?"),
        ),
        Quantity(
            "f",
            "percent",
            1,
            96,
            meaning="remaining percentage",
            given=(
                "{the} has kept {value} of the carbon-14 of living matter",
                "the percentage of carbon-14 left in {the} is {value}",
            ),
            noun=("the percentage of carbon-14 left in {the}",),
            ask=(
                "What percentage of its carbon-14 does {the} still hold?",
                "What is the percentage of carbon-14 left in {the}?",
            ),
        ),
    ),
    skills=("nuclear_decay", "exponential_change", "logarithm", "percentage"),
    source="OpenStax Chemistry 2e, section 21.3 (radiometric dating)",
    cases=(
        Case(
            {"the": "the charcoal from the hearth"},
            fixed={"T": "5730"},
            ranges={"t": (2000, 30000)},
        ),
        Case({"the": "the wooden beam"}, fixed={"T": "5730"}, ranges={"t": (500, 9000)}),
        Case({"the": "the bone fragment"}, fixed={"T": "5730"}),
    ),
    extras=(Extra("{the} was found {value} below the ground", "m", 0.5, 6),),
    setting=("archaeologists date {the} by its carbon-14",),
)

RELATIONS = Family(__doc__, ACTIVITY_DECAY, NUCLEI_ACTIVITY, RADIOCARBON)
