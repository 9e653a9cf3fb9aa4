"""Computer science: data about living things."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

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
            given=(
                "{the} contains DNA sequences of {value} base pairs in all",
                "the number of base pairs in {the} is {value}",
            ),
            noun=("the number of base pairs in {the}",),
            ask=(
                "How many base pairs does {the} contain in all?",
                "What is the number of base pairs in {the}?",
            ),
        ),
        Quantity(
            "b",
            "bit",
            1,
            8,
            ask=(),
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
            given=("{the} takes up {value}", "the size of {the} is {value}"),
            noun=("the size of {the}",),
            ask=("How much storage does {the} take up?", "What is the size of {the}?"),
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
    extras=(Extra("{the} is copied {value} times a year", "", 2, 12),),
    setting=("{the} stores DNA sequences with the same short code for every base pair",),
)

DATABASE_SIZE = Relation(
    name="database-size",
    title="the size of a database is the number of records times the size of one record",
    domain="computer_science",
    field_="data representation",
    equation="S = n*r",
    quantities=(
        Quantity(
            "n",
            "",
            100,
            1e9,
            meaning="count of {things}",
            given=(
                "{the} holds records of {value} {things}",
                "the number of {things} in {the} is {value}",
            ),
            noun=("the number of {things} in {the}",),
            ask=(
                "For how many {things} does {the} hold records?",
                "What is the number of {things} in {the}?",
            ),
        ),
        Quantity(
            "r",
            "kB",
            0.05,
            5000,
            meaning="size of a record",
            given=(
                "{the} keeps {value} of data on each of the {things}",
                "the size of one record in {the} is {value}",
            ),
            noun=("the size of one record in {the}",),
            ask=(
                "How much data does {the} keep on each of the {things}?",
                "What is the size of one record in {the}?",
            ),
        ),
        Quantity(
            "S",
            "GB",
            0.0001,
            500000,
            meaning="data size",
            units=("MB",),
            given=("{the} takes up {value} of storage", "the size of {the} is {value}"),
            noun=("the size of {the}",),
            ask=("How much storage does {the} take up?", "What is the size of {the}?"),
        ),
    ),
    skills=("data_structures", "multiplication", "scientific_notation"),
    source="Elmasri and Navathe, Fundamentals of Database Systems, chapter on file storage",
    cases=(
        Case(
            {"the": "the health register", "things": "people"},
            ranges={"n": (1000, 1e8), "r": (1, 5000)},
        ),
        Case(
            {"the": "the cell atlas", "things": "cells"},
            ranges={"n": (1000, 1e8), "r": (1, 500)},
        ),
        Case(
            {"the": "the outbreak database", "things": "cases"},
            ranges={"n": (100, 1e6), "r": (0.5, 500)},
        ),
        Case(
            {"the": "the colony archive", "things": "colonies"},
            ranges={"n": (100, 1e6), "r": (0.5, 5000)},
        ),
    ),
    extras=(Extra("{the} is copied {value} times a year", "", 2, 12),),
    setting=("{the} keeps one record of fixed size for each of the {things}",),
)

RELATIONS = Family(__doc__, GENOME_DATA, DATABASE_SIZE)
