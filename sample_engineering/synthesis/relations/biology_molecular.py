"""Biology: DNA."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

PCR = Relation(
    name="polymerase-chain-reaction",
    title="each cycle of a polymerase chain reaction doubles the copies",
    domain="biology",
    field_="molecular biology",
    equation="N = N0*2**n",
    quantities=(
        Quantity(
            "N0",
            "",
            1,
            50000,
            ask=(),
            whole=True,
            meaning="count of DNA copies",
            symbol="N_0",
            given=("the number of copies of the target DNA in {the} at the start is {value}",),
            noun=("the starting number of DNA copies in {the}",),
        ),
        Quantity(
            "n",
            "",
            5,
            35,
            ask=(),
            whole=True,
            given=("{the} goes through {value} cycles",),
            noun=("the number of cycles {the} goes through",),
        ),
        Quantity(
            "N",
            "",
            100,
            1e12,
            meaning="count of DNA molecules",
            given=(
                "in the end {the} holds {value} copies of the target DNA",
                "the final number of DNA copies in {the} is {value}",
            ),
            noun=("the final number of DNA copies in {the}",),
            ask=(
                "How many copies of the target DNA does {the} hold in the end?",
                "What is the final number of DNA copies in {the}?",
            ),
        ),
    ),
    skills=("molecular_genetics", "exponent_rules", "doubling"),
    source="OpenStax Biology 2e, section 17.1 (polymerase chain reaction)",
    cases=(
        Case({"the": "the reaction tube", "a": "a"}),
        Case({"the": "the forensic sample", "a": "a"}, ranges={"N0": (1, 200)}),
        Case({"the": "the saliva sample", "a": "a"}),
    ),
    setting=("every cycle of a polymerase chain reaction doubles the target DNA in {the}",),
    extras=(Extra("one cycle of {the} takes {value}", "min", 1.2, 4.5),),
)


DNA_LENGTH = Relation(
    name="dna-length",
    title="the length of a DNA double helix is the number of base pairs times the rise per pair",
    domain="biology",
    field_="molecular biology",
    equation="L = N*d",
    quantities=(
        Quantity(
            "N",
            "",
            1000,
            3.2e8,
            meaning="count of base pairs",
            given=(
                "{the} consists of {value} base pairs",
                "the number of base pairs in {the} is {value}",
            ),
            noun=("the number of base pairs in {the}",),
            ask=(
                "How many base pairs does {the} have?",
                "What is the number of base pairs in {the}?",
            ),
        ),
        Quantity(
            "d",
            "nm",
            0.2,
            0.5,
            ask=(),
            given=("each base pair adds {value} to the length of {the}",),
            noun=("the length per base pair",),
        ),
        Quantity(
            "L",
            "um",
            0.3,
            110000,
            meaning="length of a molecule",  # a rod "as long as a chromosome" is no story
            units=("mm",),
            given=(
                "fully stretched, {the} is {value} long",
                "the stretched length of {the} is {value}",
            ),
            noun=("the stretched length of {the}",),
            link=("fully stretched, {the} is as long as {source}",),
            ask=(
                "How long is {the} when it is fully stretched?",
                "What is the stretched length of {the}?",
            ),
        ),
    ),
    skills=("molecular_genetics", "scientific_notation", "multiplication"),
    source="Watson-Crick model of B-DNA; Alberts, Molecular Biology of the Cell, chapter 4",
    cases=(
        Case(
            {"the": "the plasmid", "kind": "a ring of bacterial DNA"},
            fixed={"d": "0.34"},
            ranges={"N": (2000, 200000), "L": (0.5, 80)},
        ),
        Case(
            {"the": "the phage DNA", "kind": "the genome of a virus of bacteria"},
            fixed={"d": "0.34"},
            ranges={"N": (5000, 300000), "L": (1, 110)},
        ),
        Case(
            {"the": "the chromosome", "kind": "one long molecule of DNA"},
            fixed={"d": "0.34"},
            ranges={"N": (4.5e7, 2.5e8), "L": (15000, 85000)},
        ),
    ),
    setting=("{the} is {kind} in the form of the usual double helix",),
)


MUTATIONS = Relation(
    name="mutation-count",
    title="the expected number of mutations is rate per base times bases times divisions",
    domain="biology",
    field_="molecular biology",
    equation="m = u*L*n",
    quantities=(
        Quantity(
            "u",
            "",
            1e-11,
            1e-3,
            meaning="mutation rate",
            given=(
                "the mutation rate of {the} per base per {round} is {value}",
                "the mutation rate of {the} per base per {round} is found to be {value}",
            ),
            noun=("the mutation rate of {the}",),
            link=("the mutation rate of {the} per base per {round} equals {source}",),
            ask=(
                "What is the mutation rate of {the} per base per {round}?",
                "How high is the mutation rate of {the} per base per {round}?",
            ),
        ),
        Quantity(
            "L",
            "",
            2000,
            7e9,
            meaning="count of bases in a genome",
            accepts=("count of base pairs",),
            given=(
                "the genome of {the} contains {value} bases",
                "the number of bases in the genome of {the} is {value}",
            ),
            noun=("the number of bases in the genome of {the}",),
            ask=(
                "How many bases does the genome of {the} contain?",
                "What is the number of bases in the genome of {the}?",
            ),
        ),
        Quantity(
            "n",
            "",
            2,
            3000,
            ask=(),
            whole=True,
            meaning="count of divisions",
            given=("the genome of {the} is copied in {value} successive rounds",),
            noun=("the number of rounds in which the genome of {the} is copied",),
        ),
        Quantity(
            "m",
            "",
            0.01,
            10000,
            meaning="expected number of mutations",
            given=(
                "the expected number of mutations in one line of descent of {the} is {value}",
                "the expected number of mutations in one line of descent of {the} is found to "
                "be {value}",
            ),
            noun=("the expected number of mutations in one line of descent of {the}",),
            ask=(
                "How many mutations are expected in one line of descent of {the}?",
                "What is the expected number of mutations in one line of descent of {the}?",
            ),
        ),
    ),
    skills=("molecular_genetics", "evolution", "scientific_notation"),
    source="Alberts, Molecular Biology of the Cell, chapter 5 (mutation rates)",
    cases=(
        Case(
            {"the": "the gut bacterium", "round": "copy"},
            ranges={"u": (1e-10, 1e-9), "L": (3e6, 6e6), "n": (50, 3000)},
        ),
        Case(
            {"the": "the RNA virus", "round": "copy"},
            ranges={"u": (1e-6, 1e-4), "L": (7000, 32000), "n": (2, 100)},
        ),
        Case(
            {"the": "the baker's yeast", "round": "copy"},
            ranges={"u": (1e-10, 6e-10), "L": (1.2e7, 1.25e7), "n": (50, 3000)},
        ),
    ),
    setting=("every copy of the genome of {the} brings a few new mutations",),
)


RELATIONS = Family(__doc__, PCR, DNA_LENGTH, MUTATIONS)
