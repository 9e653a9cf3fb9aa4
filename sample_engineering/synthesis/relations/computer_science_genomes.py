"""Computer science: data about living things."""

from sample_engineering.synthesis.relation import Case, Quantity, Relation

GENOME_DATA = Relation(
    name="genome-data",
    title="one of four bases takes two bits",
    domain="computer_science",
    field_="information theory",
    equation="S = N*b",
    quantities=(
        Quantity(
            "N",
            "",
            1000,
            3e11,
            meaning="count of base pairs",
            given=("{the} contains DNA sequences of {value} base pairs in all",),
            noun=("the number of base pairs in {the}",),
            link=("the number of base pairs in {the} equals {source}",),
            ask=("How many base pairs does {the} contain in all?",),
        ),
        Quantity(
            "b",
            "bit",
            1,
            8,
            exact=True,
            given=("{the} spends {value} on each base pair",),
            noun=("the number of bits per base pair in {the}",),
        ),
        Quantity(
            "S",
            "MB",
            0.0002,
            100000,
            meaning="data size",
            units=("kB", "GB"),
            given=("{the} takes up {value}",),
            noun=("the size of {the}",),
            link=("the size of {the} equals {source}",),
            ask=("How much storage does {the} take up?",),
        ),
    ),
    skills=("information_theory", "binary_representation", "multiplication"),
    source="Cover and Thomas, Elements of Information Theory, chapter 5 (fixed-length codes)",
    cases=(
        Case(
            {"the": "the genome file"},
            fixed={"b": "2"},
            ranges={"N": (1e6, 1e10), "S": (0.2, 5000)},
        ),
        Case(
            {"the": "the virus database"},
            fixed={"b": "2"},
            ranges={"N": (1e6, 1e9), "S": (0.2, 300)},
        ),
        Case(
            {"the": "the sequence archive"},
            fixed={"b": "2"},
            ranges={"N": (1e8, 3e11), "S": (20, 100000)},
        ),
    ),
    setting=("{the} stores DNA sequences with the same short code for every base pair",),
)

RELATIONS = (GENOME_DATA,)
