"""Biology: how infections spread, and how immunity stops them."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

HERD_IMMUNITY = Relation(
    name="herd-immunity",
    title="the herd immunity threshold is one minus the inverse of the reproduction number",
    domain="biology",
    field_="epidemiology",
    equation="h = 1 - 1/R0",
    quantities=(
        Quantity(
            "R0",
            "",
            1.2,
            18,
            meaning="reproduction number",
            symbol="R_0",
            given=(
                "the basic reproduction number of {disease} in {the} is {value}",
                "the basic reproduction number of {disease} in {the} is found to be {value}",
            ),
            noun=("the basic reproduction number of {disease} in {the}",),
            ask=(
                "What is the basic reproduction number of {disease} in {the}?",
                "How large is the basic reproduction number of {disease} in {the}?",
            ),
        ),
        Quantity(
            "h",
            "percent",
            15,
            95,
            meaning="immune percentage",
            given=(
                "herd immunity in {the} is reached once {value} of the people are immune",
                "the herd immunity threshold in {the} is {value}",
            ),
            noun=("the herd immunity threshold in {the}",),
            link=(
                "the percentage of immune people that gives {the} herd immunity equals {source}",
            ),
            ask=(
                "What percentage of the people must be immune for herd immunity in {the}?",
                "What is the herd immunity threshold in {the}?",
            ),
        ),
    ),
    skills=("epidemiology", "fractions", "percentage"),
    source="Giesecke, Modern Infectious Disease Epidemiology, chapter on reproduction numbers",
    cases=(
        Case({"the": "the capital", "disease": "measles"}, ranges={"R0": (8, 18), "h": (85, 95)}),
        Case({"the": "the province", "disease": "mumps"}, ranges={"R0": (4, 8), "h": (70, 90)}),
        Case({"the": "the town", "disease": "influenza"}, ranges={"R0": (1.2, 2.5), "h": (15, 62)}),
    ),
    extras=(Extra("{the} has {value} hospitals", "", 2, 30),),
    setting=("{disease} spreads in {the}, where everyone meets everyone else equally often",),
)


REPRODUCTION = Relation(
    name="effective-reproduction-number",
    title="immunity lowers the reproduction number",
    domain="biology",
    field_="epidemiology",
    equation="Re = R0*(1 - s)",
    quantities=(
        Quantity(
            "R0",
            "",
            1.2,
            18,
            meaning="reproduction number",
            symbol="R_0",
            given=(
                "without immunity one case of {disease} in {the} causes {value} new cases",
                "the basic reproduction number of {disease} in {the} is {value}",
            ),
            noun=("the basic reproduction number of {disease} in {the}",),
            link=(
                "the number of new cases that one case of {disease} in {the} causes without "
                "immunity equals {source}",
            ),
            ask=(
                "What is the basic reproduction number of {disease} in {the}?",
                "How large is the basic reproduction number of {disease} in {the}?",
            ),
        ),
        Quantity(
            "s",
            "percent",
            2,
            95,
            meaning="immune percentage",
            accepts=("percentage",),
            given=(
                "{value} of the members of {the} are immune",
                "the immune percentage of {the} is {value}",
            ),
            noun=("the immune percentage of {the}",),
            link=("the percentage of immune members of {the} equals {source}",),
            ask=(
                "What percentage of the members of {the} are immune?",
                "What is the immune percentage of {the}?",
            ),
        ),
        Quantity(
            "Re",
            "",
            0.1,
            15,
            meaning="effective reproduction number",
            symbol=r"R_{\mathrm{e}}",
            given=(
                "the effective reproduction number of {disease} in {the} is {value}",
                "the effective reproduction number of {disease} in {the} is found to be {value}",
            ),
            noun=("the effective reproduction number of {disease} in {the}",),
            ask=(
                "What is the effective reproduction number of {disease} in {the}?",
                "How large is the effective reproduction number of {disease} in {the}?",
            ),
        ),
    ),
    skills=("epidemiology", "percentage", "multiplication"),
    source="Giesecke, Modern Infectious Disease Epidemiology, chapter on reproduction numbers",
    cases=(
        Case({"the": "the boarding school", "disease": "whooping cough"}, ranges={"R0": (5, 16)}),
        Case(
            {"the": "the cattle herd", "disease": "foot-and-mouth disease"}, ranges={"R0": (3, 12)}
        ),
        Case({"the": "the army camp", "disease": "rubella"}, ranges={"R0": (3, 8)}),
    ),
    extras=(Extra("the last outbreak in {the} was {value} years ago", "", 2, 15),),
    setting=("{disease} has broken out in {the}, whose members meet at random",),
)


VACCINE_EFFICACY = Relation(
    name="vaccine-efficacy",
    title="vaccine efficacy is the relative drop in the attack rate",
    domain="biology",
    field_="epidemiology",
    equation="v = u*(1 - e)",
    quantities=(
        Quantity(
            "u",
            "percent",
            0.5,
            60,
            meaning="attack rate",
            given=(
                "{value} of the unvaccinated people in {the} fall ill",
                "the attack rate among the unvaccinated in {the} is {value}",
            ),
            noun=("the attack rate among the unvaccinated in {the}",),
            link=("the percentage of unvaccinated people in {the} who fall ill equals {source}",),
            ask=(
                "What percentage of the unvaccinated people in {the} fall ill?",
                "What is the attack rate among the unvaccinated in {the}?",
            ),
        ),
        Quantity(
            "e",
            "percent",
            20,
            98,
            meaning="efficacy",
            given=(
                "the efficacy of the vaccine in {the} is {value}",
                "the efficacy of the vaccine in {the} is found to be {value}",
            ),
            noun=("the efficacy of the vaccine in {the}",),
            ask=(
                "What is the efficacy of the vaccine in {the}, in percent?",
                "What is the efficacy of the vaccine in {the}?",
            ),
        ),
        Quantity(
            "v",
            "percent",
            0.05,
            45,
            meaning="attack rate",
            given=(
                "{value} of the vaccinated people in {the} fall ill",
                "the attack rate among the vaccinated in {the} is {value}",
            ),
            noun=("the attack rate among the vaccinated in {the}",),
            link=("the percentage of vaccinated people in {the} who fall ill equals {source}",),
            ask=(
                "What percentage of the vaccinated people in {the} fall ill?",
                "What is the attack rate among the vaccinated in {the}?",
            ),
        ),
    ),
    skills=("epidemiology", "percentage", "multiplication"),
    source="Giesecke, Modern Infectious Disease Epidemiology, chapter on vaccination",
    cases=(
        Case({"the": "the field trial"}),
        Case({"the": "the nursing home"}),
        Case({"the": "the training ship"}),
    ),
    setting=("some of the people in {the} are vaccinated before an infection spreads among them",),
)


RELATIONS = Family(__doc__, HERD_IMMUNITY, REPRODUCTION, VACCINE_EFFICACY)
