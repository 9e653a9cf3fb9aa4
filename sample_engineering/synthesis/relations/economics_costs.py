"""Economics: what energy, goods, storage and work cost."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

ENERGY_BILL = Relation(
    name="energy-bill",
    title="the cost of energy is the energy used times its price",
    domain="economics",
    field_="costs",
    equation="C = E*p",
    quantities=(
        Quantity(
            "E",
            "kWh",
            2,
            50000,
            meaning="energy",
            units=("MJ",),
            given=("{the} uses {value} of {kind}", "the energy used by {the} is {value}"),
            noun=("the energy used by {the}",),
            link=("the energy that {the} uses equals {source}",),
            ask=("How much energy does {the} use?", "What is the energy used by {the}?"),
        ),
        Quantity(
            "p",
            "dollar/kWh",
            0.03,
            0.6,
            meaning="price per energy",
            given=("{the} pays {value} for {kind}", "the price {the} pays for {kind} is {value}"),
            noun=("the price {the} pays for {kind}",),
            ask=(
                "What price does {the} pay for {kind}?",
                "What is the price {the} pays for {kind}?",
            ),
        ),
        Quantity(
            "C",
            "dollar",
            0.5,
            20000,
            meaning="money",
            given=(
                "the energy bill of {the} comes to {value}",
                "the energy bill of {the} is {value}",
            ),
            noun=("the energy bill of {the}",),
            ask=("How much does {the} pay for the energy?", "What is the energy bill of {the}?"),
        ),
    ),
    skills=("cost_and_profit", "rate", "multiplication"),
    source="Mankiw, Principles of Economics, chapter on the costs of production (variable cost)",
    cases=(
        Case({"the": "the bakery", "kind": "electricity"}, ranges={"p": (0.1, 0.45)}),
        Case(
            {"the": "the household", "kind": "electricity"},
            ranges={"p": (0.1, 0.45), "E": (2, 6000)},
        ),
        Case({"the": "the swimming pool", "kind": "heat"}, ranges={"p": (0.05, 0.2)}),
    ),
    setting=("{the} pays for {kind} by the kilowatt-hour",),
    extras=(Extra("the contract of {the} runs for {value}", "month", 12, 48),),
)


GOODS = Relation(
    name="price-by-mass",
    title="the cost is the mass bought times the price per mass",
    domain="economics",
    field_="costs",
    equation="C = m*p",
    quantities=(
        Quantity(
            "m",
            "kg",
            0.01,
            50000,
            meaning="mass of {stuff}",
            accepts=("mass",),
            given=(
                "{the} buys {value} of {stuff}",
                "the mass of {stuff} bought by {the} is {value}",
            ),
            noun=("the mass of {stuff} bought by {the}",),
            ask=(
                "What mass of {stuff} does {the} buy?",
                "What is the mass of {stuff} bought by {the}?",
            ),
        ),
        Quantity(
            "p",
            "dollar/kg",
            0.05,
            2000,
            meaning="price per mass",
            given=(
                "{the} pays {value} for {stuff}",
                "the price that {the} pays for {stuff} is {value}",
            ),
            noun=("the price that {the} pays for {stuff}",),
            ask=(
                "What price does {the} pay for {stuff}?",
                "What is the price that {the} pays for {stuff}?",
            ),
        ),
        Quantity(
            "C",
            "dollar",
            1,
            1000000,
            meaning="money",
            given=(
                "{the} spends {value} on {stuff}",
                "the money that {the} spends on {stuff} is {value}",
            ),
            noun=("the money that {the} spends on {stuff}",),
            ask=(
                "How much does {the} spend on {stuff}?",
                "What is the money that {the} spends on {stuff}?",
            ),
        ),
    ),
    skills=("cost_and_profit", "rate", "multiplication"),
    source="Mankiw, Principles of Economics, chapter on markets (expenditure)",
    cases=(
        Case(
            {"the": "the sweet factory", "stuff": "glucose"},
            ranges={"p": (0.4, 3), "m": (0.1, 5000)},
        ),
        Case(
            {"the": "the road service", "stuff": "sodium chloride"},
            ranges={"p": (0.05, 0.4), "m": (5, 50000)},
        ),
        Case(
            {"the": "the jeweller", "stuff": "silver"}, ranges={"p": (600, 1500), "m": (0.01, 20)}
        ),
        Case({"the": "the cable works", "stuff": "copper"}, ranges={"p": (5, 12), "m": (5, 50000)}),
        Case(
            {"the": "the biofuel dealer", "stuff": "ethanol"},
            ranges={"p": (0.5, 2.5), "m": (0.1, 20000)},
        ),
    ),
    extras=(Extra("{the} has {value} employees", "", 5, 60),),
    setting=("{the} buys {stuff} by the kilogram",),
)


STORAGE_BILL = Relation(
    name="storage-bill",
    title="the cost of storage is the amount of data times its price",
    domain="economics",
    field_="costs",
    equation="C = S*p",
    quantities=(
        Quantity(
            "S",
            "GB",
            0.5,
            500000,
            meaning="data size",
            given=(
                "{the} keeps {value} of data in the cloud",
                "the amount of data that {the} keeps in the cloud is {value}",
            ),
            noun=("the amount of data that {the} keeps in the cloud",),
            ask=(
                "How much data does {the} keep in the cloud?",
                "What is the amount of data that {the} keeps in the cloud?",
            ),
        ),
        Quantity(
            "p",
            "dollar/GB",
            0.005,
            5,
            meaning="price per data",
            given=(
                "{the} pays {value} a month for storage",
                "the monthly price that {the} pays for storage is {value}",
            ),
            noun=("the monthly price that {the} pays for storage",),
            ask=(
                "What price does {the} pay for a month of storage?",
                "What is the monthly price that {the} pays for storage?",
            ),
        ),
        Quantity(
            "C",
            "dollar",
            1,
            50000,
            meaning="money",
            noun=("the monthly storage bill of {the}",),
            ask=(
                "How much does {the} pay for one month of storage?",
                "What is the monthly storage bill of {the}?",
            ),
        ),
    ),
    skills=("cost_and_profit", "rate", "multiplication"),
    source="Mankiw, Principles of Economics, chapter on the costs of production (variable cost)",
    cases=(
        Case({"the": "the hospital archive"}, ranges={"p": (0.005, 0.1)}),
        Case({"the": "the film studio"}, ranges={"S": (500, 500000), "p": (0.005, 0.1)}),
        Case({"the": "the photo club"}, ranges={"S": (0.5, 5000), "p": (0.02, 2)}),
    ),
    extras=(Extra("{the} signed the contract {value} months ago", "", 3, 30),),
    setting=("{the} rents storage by the gigabyte",),
)


WAGES = Relation(
    name="wages",
    title="labour cost is the hourly wage times the hours worked by all",
    domain="economics",
    field_="costs",
    equation="C = n*w*t",
    quantities=(
        Quantity(
            "n",
            "",
            2,
            400,
            ask=(),
            whole=True,
            meaning="count of workers",
            given=("{the} employs {value} workers",),
            noun=("the number of workers at {the}",),
        ),
        Quantity(
            "w",
            "dollar/h",
            9,
            90,
            meaning="wage",
            accepts=("price per time",),
            given=("each worker at {the} earns {value}", "the wage at {the} is {value}"),
            noun=("the wage at {the}",),
            ask=("What wage does each worker at {the} earn?", "What is the wage at {the}?"),
        ),
        Quantity(
            "t",
            "h",
            0.5,
            200,
            meaning="working time",
            accepts=("duration",),
            given=("everyone at {the} works for {value}", "the working time at {the} is {value}"),
            noun=("the working time at {the}",),
            link=("everyone at {the} works for exactly {source}",),
            ask=("For how long does everyone at {the} work?", "What is the working time at {the}?"),
        ),
        Quantity(
            "C",
            "dollar",
            20,
            3000000,
            meaning="money",
            given=("{the} pays {value} in wages",),
            noun=("the total wages paid by {the}",),
            link=("the total wages paid by {the} equal {source}",),
            ask=("How much does {the} pay in wages altogether?",),
        ),
    ),
    skills=("cost_and_profit", "rate", "multiplication"),
    source="Mankiw, Principles of Economics, chapter on the costs of production (labour cost)",
    cases=(
        Case({"the": "the shipyard"}, ranges={"n": (20, 400)}),
        Case({"the": "the vineyard"}, ranges={"n": (2, 60), "w": (9, 30)}),
        Case({"the": "the call centre"}, ranges={"n": (5, 200), "w": (10, 35)}),
    ),
    extras=(Extra("{the} is {value} years old", "", 5, 90),),
    setting=("all workers at {the} earn the same hourly wage",),
)


RELATIONS = Family(__doc__, ENERGY_BILL, GOODS, STORAGE_BILL, WAGES)
