"""Biology: counting cases and testing for infections."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

INCIDENCE = Relation(
    name="incidence-rate",
    title="new cases are the incidence rate times people times time",
    domain="biology",
    field_="epidemiology",
    equation="n = i*N*t",
    quantities=(
        Quantity(
            "i",
            "yr**-1",
            1e-5,
            0.3,
            meaning="incidence rate",
            given=(
                "the incidence rate of {disease} per person in {the} is {value}",
                "the incidence rate of {disease} per person in {the} is found to be {value}",
            ),
            noun=("the incidence rate of {disease} in {the}",),
            ask=(
                "What is the incidence rate of {disease} per person in {the}?",
                "What is the incidence rate of {disease} in {the}?",
            ),
        ),
        Quantity(
            "N",
            "",
            1000,
            5e7,
            meaning="count of people",
            given=(
                "{the} has {value} inhabitants",
                "the number of inhabitants of {the} is {value}",
            ),
            noun=("the number of inhabitants of {the}",),
            ask=(
                "How many inhabitants does {the} have?",
                "What is the number of inhabitants of {the}?",
            ),
        ),
        Quantity(
            "t",
            "yr",
            0.25,
            10,
            meaning="observation time",
            accepts=("duration",),
            units=("month",),
            given=(
                "new cases in {the} are counted for {value}",
                "the time for which cases are counted in {the} is {value}",
            ),
            noun=("the time for which cases are counted in {the}",),
            link=("new cases in {the} are counted for exactly {source}",),
            ask=(
                "For how long are new cases counted in {the}?",
                "What is the time for which cases are counted in {the}?",
            ),
        ),
        Quantity(
            "n",
            "",
            100,
            100000,
            meaning="count of cases",
            given=(
                "the number of new cases of {disease} in {the} is {value}",
                "the number of new cases of {disease} in {the} is found to be {value}",
            ),
            noun=("the number of new cases of {disease} in {the}",),
            ask=(
                "How many new cases of {disease} are expected in {the} in that time?",
                "What is the number of new cases of {disease} in {the}?",
            ),
        ),
    ),
    skills=("epidemiology", "rate", "multiplication"),
    source="Rothman, Epidemiology: An Introduction, chapter on measures of disease occurrence",
    cases=(
        Case(
            {"the": "the county", "disease": "Lyme disease"},
            ranges={"i": (1e-4, 5e-3), "N": (1e4, 1e6)},
        ),
        Case(
            {"the": "the metropolis", "disease": "tuberculosis"},
            ranges={"i": (2e-5, 2e-3), "N": (1e6, 2e7)},
        ),
        Case(
            {"the": "the island state", "disease": "dengue fever"},
            ranges={"i": (1e-3, 0.05), "N": (1e4, 2e6)},
        ),
    ),
    extras=(Extra("{the} has {value} hospitals", "", 2, 30),),
    setting=("a health office keeps a register of {disease} in {the}",),
)


PREDICTIVE_VALUE = Relation(
    name="positive-predictive-value",
    title="Bayes' rule for a medical test",
    domain="biology",
    field_="epidemiology",
    equation="v = s*p/(s*p + (1 - c)*(1 - p))",
    quantities=(
        Quantity(
            "p",
            "percent",
            0.1,
            50,
            meaning="prevalence",
            accepts=("attack rate",),
            given=(
                "{value} of the people in {the} are infected",
                "the prevalence of the infection in {the} is {value}",
            ),
            noun=("the prevalence of the infection in {the}",),
            link=("the percentage of infected people in {the} equals {source}",),
            ask=(
                "What percentage of the people in {the} are infected?",
                "What is the prevalence of the infection in {the}?",
            ),
        ),
        Quantity(
            "s",
            "percent",
            60,
            99.9,
            ask=(),
            meaning="sensitivity",
            given=("the test in {the} is positive for {value} of those who are infected",),
            noun=("the sensitivity of the test in {the}",),
        ),
        Quantity(
            "c",
            "percent",
            80,
            99.9,
            ask=(),
            meaning="specificity",
            given=("the test in {the} is negative for {value} of those who are not infected",),
            noun=("the specificity of the test in {the}",),
        ),
        Quantity(
            "v",
            "percent",
            1,
            99.5,
            meaning="predictive value",
            given=(
                "{value} of the people with a positive test in {the} are really infected",
                "the positive predictive value of the test in {the} is {value}",
            ),
            noun=("the positive predictive value of the test in {the}",),
            link=(
                "the percentage of really infected people among those with a positive test in "
                "{the} equals {source}",
            ),
            ask=(
                "What percentage of the people with a positive test in {the} are really infected?",
                "What is the positive predictive value of the test in {the}?",
            ),
        ),
    ),
    skills=("epidemiology", "conditional_probability", "percentage"),
    source="Bayes' rule; Rothman, Epidemiology: An Introduction",
    cases=(
        Case({"the": "the clinic"}, ranges={"p": (2, 50)}),
        Case({"the": "the travel centre"}, ranges={"p": (0.5, 20)}),
        Case({"the": "the screening programme"}, ranges={"p": (0.1, 5)}),
    ),
    extras=(Extra("one test in {the} costs {value}", "dollar", 5, 60),),
    setting=("everyone in {the} takes a test for an infection",),
)


RELATIONS = Family(__doc__, INCIDENCE, PREDICTIVE_VALUE)
