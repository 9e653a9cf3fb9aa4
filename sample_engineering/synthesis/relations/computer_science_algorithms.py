"""Computer science: the work that algorithms do."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

BINARY_SEARCH = Relation(
    name="binary-search",
    title="binary search in a sorted list takes at most floor(log2 n) + 1 comparisons",
    domain="computer_science",
    field_="algorithms",
    equation="c = floor(log2(n)) + 1",
    quantities=(
        Quantity(
            "n",
            "",
            20,
            5000000,
            ask=(),
            whole=True,
            meaning="count of {things}",
            accepts=("number",),
            given=("{the} is a sorted list of {value} {things}",),
            noun=("the number of {things} in {the}",),
        ),
        Quantity(
            "c",
            "",
            5,
            23,
            whole=True,
            meaning="count of comparisons",
            given=(
                "binary search in {the} takes {value} comparisons in the worst case",
                "the worst-case number of comparisons for a binary search in {the} is {value}",
            ),
            noun=("the worst-case number of comparisons for a binary search in {the}",),
            ask=(
                "How many comparisons does a binary search in {the} take in the worst case?",
                "What is the worst-case number of comparisons for a binary search in {the}?",
            ),
        ),
    ),
    skills=("complexity", "logarithm", "floor_function"),
    source="Knuth, The Art of Computer Programming, vol. 3, section 6.2.1",
    cases=(
        Case({"the": "the price list", "things": "prices"}),
        Case({"the": "the telephone directory", "things": "names"}),
        Case({"the": "the register of births", "things": "people"}),
    ),
    extras=(Extra("{the} was last updated {value} days ago", "", 2, 60),),
    setting=("a program looks entries up in {the} by binary search, one comparison a step",),
)


SELECTION_SORT = Relation(
    name="pairwise-comparisons",
    title="the number of pairs among n things is n(n - 1)/2",
    domain="computer_science",
    field_="algorithms",
    equation="p = n*(n - 1)/2",
    quantities=(
        Quantity(
            "n",
            "",
            5,
            5000,
            whole=True,
            meaning="count of {things}",
            given=(
                "{the} works through {value} {things}",
                "the number of {things} that {the} works through is {value}",
            ),
            noun=("the number of {things} that {the} works through",),
            ask=(
                "How many {things} does {the} work through?",
                "What is the number of {things} that {the} works through?",
            ),
        ),
        Quantity(
            "p",
            "",
            10,
            12500000,
            whole=True,
            meaning="count of comparisons",
            given=(
                "{the} makes {value} comparisons",
                "the number of comparisons made by {the} is {value}",
            ),
            noun=("the number of comparisons made by {the}",),
            ask=(
                "How many comparisons does {the} make?",
                "What is the number of comparisons made by {the}?",
            ),
        ),
    ),
    skills=("complexity", "counting", "quadratic_equation"),
    source="Knuth, The Art of Computer Programming, vol. 3, section 5.2.3 (selection sort)",
    cases=(
        Case({"the": "the sorting program", "things": "records"}),
        Case({"the": "the duplicate finder", "things": "photographs"}),
        Case({"the": "the gene comparison", "things": "genomes"}, ranges={"n": (5, 800)}),
    ),
    extras=(Extra("{the} was written {value} years ago", "", 2, 15),),
    setting=("{the} compares every pair of {things} exactly once",),
    pivot="p",
)


SCALING = Relation(
    name="quadratic-time",
    title="the running time of a quadratic algorithm grows with the square of the input size",
    domain="computer_science",
    field_="algorithms",
    equation="t2*n1**2 = t1*n2**2",
    quantities=(
        Quantity(
            "n1",
            "",
            100,
            5000,
            ask=(),
            whole=True,
            step=50,
            symbol="n_1",
            meaning="count of {things}",
            given=("the first input to {the} consists of {value} {things}",),
            noun=("the number of {things} in the first input to {the}",),
        ),
        Quantity(
            "t1",
            "s",
            0.05,
            600,
            meaning="running time",
            symbol="t_1",
            given=(
                "{the} takes {value} for the first input",
                "the time {the} takes for the first input is {value}",
            ),
            noun=("the time {the} takes for the first input",),
            ask=(
                "How long does {the} take for the first input?",
                "What is the time {the} takes for the first input?",
            ),
        ),
        Quantity(
            "n2",
            "",
            200,
            50000,
            ask=(),
            whole=True,
            step=100,
            symbol="n_2",
            meaning="count of {things}",
            given=("the second input to {the} consists of {value} {things}",),
            noun=("the number of {things} in the second input to {the}",),
        ),
        Quantity(
            "t2",
            "s",
            0.1,
            20000,
            meaning="running time",
            symbol="t_2",
            units=("min",),
            given=(
                "{the} takes {value} for the second input",
                "the time {the} takes for the second input is {value}",
            ),
            noun=("the time {the} takes for the second input",),
            ask=(
                "How long does {the} take for the second input?",
                "What is the time {the} takes for the second input?",
            ),
        ),
    ),
    skills=("complexity", "squaring", "proportion"),
    source="Cormen et al., Introduction to Algorithms, chapter 2 (quadratic running time)",
    cases=(
        Case({"the": "the route planner", "things": "towns"}),
        Case({"the": "the plagiarism checker", "things": "essays"}),
        Case({"the": "the star matcher", "things": "stars"}),
    ),
    extras=(Extra("the source code of {the} has {value} lines", "", 200, 5000),),
    setting=("the running time of {the} is proportional to the square of the size of its input",),
    require=("n2 > n1",),
)


RELATIONS = Family(__doc__, BINARY_SEARCH, SELECTION_SORT, SCALING)
