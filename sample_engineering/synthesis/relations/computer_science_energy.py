"""Computer science: what computing costs in energy."""

from sample_engineering.synthesis.relation import Case, Quantity, Relation

COMPUTE_ENERGY = Relation(
    name="computing-energy",
    title="the energy of a computation is its operations times the energy of one operation",
    domain="computer_science",
    field_="computer architecture",
    equation="E = n*e",
    quantities=(
        Quantity(
            "n",
            "",
            1e9,
            1e18,
            meaning="count of operations",
            accepts=("count of instructions",),
            given=("{the} carries out {value} operations",),
            noun=("the number of operations carried out by {the}",),
            link=("the number of operations carried out by {the} equals {source}",),
            ask=("How many operations does {the} carry out?",),
        ),
        Quantity(
            "e",
            "pJ",
            1,
            20000,
            meaning="energy per operation",
            units=("nJ",),
            given=("one operation of {the} takes {value}",),
            noun=("the energy for one operation of {the}",),
            link=("the energy for one operation of {the} equals {source}",),
            ask=("How much energy does one operation of {the} take?",),
        ),
        Quantity(
            "E",
            "J",
            0.05,
            1e7,
            meaning="energy",
            units=("kJ",),
            given=("{the} uses {value} of electrical energy",),
            noun=("the electrical energy used by {the}",),
            link=("the electrical energy used by {the} equals {source}",),
            ask=("How much electrical energy does {the} use?",),
        ),
    ),
    skills=("architecture_and_networks", "scientific_notation", "multiplication"),
    source="Hennessy and Patterson, Computer Architecture, section 1.5 (energy and power)",
    cases=(
        Case(
            {"the": "the language model"}, ranges={"n": (1e12, 1e18), "e": (1, 50), "E": (1, 1e7)}
        ),
        Case(
            {"the": "the climate model"},
            ranges={"n": (1e13, 1e17), "e": (20, 500), "E": (200, 1e7)},
        ),
        Case(
            {"the": "the chess program"},
            ranges={"n": (1e10, 1e15), "e": (100, 2000), "E": (1, 1e6)},
        ),
    ),
    setting=("{the} runs on processors that spend the same energy on every operation",),
)

RELATIONS = (COMPUTE_ENERGY,)
