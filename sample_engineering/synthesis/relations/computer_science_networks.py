"""Computer science: sending data."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

TRANSFER = Relation(
    name="transfer-time",
    title="the amount of data is the data rate times the time",
    domain="computer_science",
    field_="networks",
    equation="S = r*t",
    quantities=(
        Quantity(
            "S",
            "MB",
            1,
            500000,
            meaning="data size",
            units=("GB", "kB"),
            given=(
                "{the} transfers {value} of data",
                "the amount of data transferred by {the} is {value}",
            ),
            noun=("the amount of data transferred by {the}",),
            link=("{the} transfers an amount of data equal to {source}",),
            ask=(
                "How much data does {the} transfer?",
                "What is the amount of data transferred by {the}?",
            ),
        ),
        Quantity(
            "r",
            "Mbit/s",
            0.5,
            10000,
            meaning="data rate",
            given=("the data rate of {the} is {value}", "{the} works at {value}"),
            noun=("the data rate of {the}",),
            ask=("What is the data rate of {the}?", "How high is the data rate of {the}?"),
        ),
        Quantity(
            "t",
            "s",
            1,
            20000,
            meaning="duration",
            units=("min", "h"),
            given=(
                "the transfer over {the} takes {value}",
                "the time for the transfer over {the} is {value}",
            ),
            noun=("the time for the transfer over {the}",),
            ask=(
                "How long does the transfer over {the} take?",
                "What is the time for the transfer over {the}?",
            ),
        ),
    ),
    skills=("architecture_and_networks", "rate", "unit_conversion"),
    source="Kurose and Ross, Computer Networking, section 1.4 (transmission delay)",
    cases=(
        Case({"the": "the home network"}, ranges={"r": (20, 1000)}),
        Case({"the": "the satellite link"}, ranges={"r": (0.5, 150), "S": (1, 20000)}),
        Case({"the": "the optical fibre"}, ranges={"r": (1000, 10000), "S": (1000, 500000)}),
    ),
    setting=("data travels over {the} at a constant rate",),
    extras=(Extra("the cable to {the} has a length of {value}", "m", 2, 45),),
)


CHANNEL = Relation(
    name="shannon-capacity",
    title="the Shannon-Hartley theorem",
    domain="computer_science",
    field_="information theory",
    equation="C = B*log2(1 + s)",
    quantities=(
        Quantity(
            "B",
            "MHz",
            0.003,
            400,
            meaning="bandwidth",
            units=("kHz",),
            given=("{the} has a bandwidth of {value}", "the bandwidth of {the} is {value}"),
            noun=("the bandwidth of {the}",),
            ask=("What bandwidth does {the} need?", "What is the bandwidth of {the}?"),
        ),
        Quantity(
            "s",
            "",
            1,
            10000,
            meaning="ratio",
            given=(
                "the signal in {the} has {value} times the power of the noise",
                "the signal-to-noise ratio of {the} is {value}",
            ),
            noun=("the signal-to-noise ratio of {the}",),
            link=("the ratio of signal power to noise power in {the} equals {source}",),
            ask=(
                "What is the ratio of signal power to noise power in {the}?",
                "What is the signal-to-noise ratio of {the}?",
            ),
        ),
        Quantity(
            "C",
            "Mbit/s",
            0.005,
            4000,
            meaning="data rate",
            units=("kbit/s",),
            given=(
                "the highest error-free data rate of {the} is {value}",
                "the highest error-free data rate of {the} is found to be {value}",
            ),
            noun=("the highest error-free data rate of {the}",),
        ),
    ),
    skills=("information_theory", "logarithm", "multiplication"),
    source="Shannon, A Mathematical Theory of Communication (1948)",
    cases=(
        Case({"the": "the radio channel"}, ranges={"B": (1, 100)}),
        Case({"the": "the telephone line"}, ranges={"B": (0.003, 2)}),
        Case({"the": "the deep-space link"}, ranges={"B": (0.1, 10), "s": (1, 50)}),
    ),
    extras=(Extra("{the} has been in use for {value} years", "", 2, 20),),
    setting=("{the} is disturbed by white noise only",),
)


RELATIONS = Family(__doc__, TRANSFER, CHANNEL)
