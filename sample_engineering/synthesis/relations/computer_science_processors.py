"""Computer science: time and energy of computing."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

CPU_TIME = Relation(
    name="cpu-time",
    title="running time is instructions times cycles per instruction over clock frequency",
    domain="computer_science",
    field_="computer architecture",
    equation="t*f = n*c",
    quantities=(
        Quantity(
            "n",
            "",
            1e5,
            1e13,
            meaning="count of instructions",
            given=(
                "the program on {the} consists of {value} executed instructions",
                "the number of instructions executed on {the} is {value}",
            ),
            noun=("the number of instructions executed on {the}",),
            ask=(
                "How many instructions does {the} execute?",
                "What is the number of instructions executed on {the}?",
            ),
        ),
        Quantity(
            "c",
            "",
            0.3,
            8,
            meaning="cycles per instruction",
            symbol=r"\mathrm{CPI}",
            given=(
                "{the} needs {value} clock cycles per instruction on average",
                "the mean number of clock cycles per instruction on {the} is {value}",
            ),
            noun=("the mean number of clock cycles per instruction on {the}",),
            ask=(
                "How many clock cycles per instruction does {the} need on average?",
                "What is the mean number of clock cycles per instruction on {the}?",
            ),
        ),
        Quantity(
            "f",
            "GHz",
            0.001,
            5.5,
            meaning="clock frequency",
            units=("MHz",),
            given=("the clock of {the} runs at {value}", "the clock frequency of {the} is {value}"),
            noun=("the clock frequency of {the}",),
            ask=(
                "At what frequency does the clock of {the} run?",
                "What is the clock frequency of {the}?",
            ),
        ),
        Quantity(
            "t",
            "s",
            0.001,
            10000,
            meaning="running time",
            accepts=("duration",),
            given=(
                "the program takes {value} on {the}",
                "the running time of the program on {the} is {value}",
            ),
            noun=("the running time of the program on {the}",),
            ask=(
                "How long does the program take on {the}?",
                "What is the running time of the program on {the}?",
            ),
        ),
    ),
    skills=("architecture_and_networks", "rate", "multiplication"),
    source="Patterson and Hennessy, Computer Organization and Design, section 1.6",
    cases=(
        Case({"the": "the laptop"}, ranges={"f": (1.5, 5), "c": (0.3, 2), "n": (1e9, 1e13)}),
        Case(
            {"the": "the microcontroller"}, ranges={"f": (0.004, 0.2), "c": (1, 8), "n": (1e5, 1e9)}
        ),
        Case({"the": "the file server"}, ranges={"f": (1.8, 4), "c": (0.3, 2), "n": (1e9, 1e13)}),
    ),
    extras=(Extra("{the} is {value} years old", "", 2, 8),),
    setting=("{the} executes a program on a single processor core",),
)


AMDAHL = Relation(
    name="amdahls-law",
    title="Amdahl's law: the serial part limits the speed-up",
    domain="computer_science",
    field_="computer architecture",
    equation="t = T*((1 - p) + p/n)",
    quantities=(
        Quantity(
            "T",
            "min",
            1,
            3000,
            meaning="running time",
            symbol="t_1",
            units=("h", "s"),
            given=(
                "{the} takes {value} on a single processor",
                "the time {the} takes on a single processor is {value}",
            ),
            noun=("the time {the} takes on a single processor",),
            link=("on a single processor {the} takes exactly {source}",),
            ask=(
                "How long does {the} take on a single processor?",
                "What is the time {the} takes on a single processor?",
            ),
        ),
        Quantity(
            "p",
            "percent",
            20,
            99,
            meaning="parallel share",
            accepts=("percentage",),
            given=("{value} of the work of {the} can be shared among processors",),
            noun=("the parallel percentage of {the}",),
            link=("the percentage of the work of {the} that can be shared equals {source}",),
            ask=("What percentage of the work of {the} can be shared among processors?",),
        ),
        Quantity(
            "n",
            "",
            2,
            128,
            ask=(),
            whole=True,
            meaning="count of processors",
            given=("{the} is then run on {value} equal processors",),
            noun=("the number of processors running {the}",),
            link=("the number of processors then running {the} equals {source}",),
        ),
        Quantity(
            "t",
            "min",
            0.1,
            2500,
            meaning="parallel running time",
            symbol="t_n",
            units=("h", "s"),
            given=(
                "on all these processors together {the} takes {value}",
                "the time {the} takes on all processors is {value}",
            ),
            noun=("the time {the} takes on all processors",),
            link=("on all these processors together {the} takes exactly {source}",),
            ask=(
                "How long does {the} take on all these processors together?",
                "What is the time {the} takes on all processors?",
            ),
        ),
    ),
    skills=("architecture_and_networks", "percentage", "fractions"),
    source="Amdahl's law; Hennessy and Patterson, Computer Architecture, section 1.9",
    cases=(
        Case({"the": "the weather simulation"}),
        Case({"the": "the film rendering"}),
        Case({"the": "the genome assembly"}),
    ),
    extras=(Extra("the first run of {the} was {value} weeks ago", "", 2, 30),),
    setting=(
        "part of the work of {the} can be shared evenly among processors while the rest must run "
        "on one alone",
    ),
)


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
            given=(
                "{the} carries out {value} operations",
                "the number of operations carried out by {the} is {value}",
            ),
            noun=("the number of operations carried out by {the}",),
            ask=(
                "How many operations does {the} carry out?",
                "What is the number of operations carried out by {the}?",
            ),
        ),
        Quantity(
            "e",
            "pJ",
            1,
            20000,
            meaning="energy per operation",
            given=(
                "one operation of {the} takes {value}",
                "the energy for one operation of {the} is {value}",
            ),
            noun=("the energy for one operation of {the}",),
            ask=(
                "How much energy does one operation of {the} take?",
                "What is the energy for one operation of {the}?",
            ),
        ),
        Quantity(
            "E",
            "J",
            0.05,
            1e7,
            meaning="energy",
            units=("kJ",),
            given=(
                "{the} uses {value} of electrical energy",
                "the electrical energy used by {the} is {value}",
            ),
            noun=("the electrical energy used by {the}",),
            ask=(
                "How much electrical energy does {the} use?",
                "What is the electrical energy used by {the}?",
            ),
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
    extras=(Extra("{the} was first run {value} years ago", "", 2, 9),),
    setting=("{the} runs on processors that spend the same energy on every operation",),
)


RELATIONS = Family(__doc__, CPU_TIME, AMDAHL, COMPUTE_ENERGY)
