"""Chemistry: amounts in reactions."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

MOLE_RATIO = Relation(
    name="mole-ratio",
    title="the balanced equation fixes the ratio of amounts",
    domain="chemistry",
    field_="stoichiometry",
    equation="n_p = r*n_r",
    quantities=(
        Quantity(
            "n_r",
            "mol",
            0.01,
            50,
            meaning="amount of {reactant}",
            symbol=r"n_{\mathrm{reactant}}",
            given=("{value} of {reactant} reacts in {the}", "{the} uses up {value} of {reactant}"),
            noun=("the amount of {reactant} that reacts in {the}",),
            link=(
                "{the} uses up exactly {source}",
                "the amount of {reactant} that reacts in {the} equals {source}",
            ),
            ask=(
                "How many moles of {reactant} react in {the}?",
                "What amount of {reactant}, in moles, does {the} use up?",
            ),
        ),
        Quantity(
            "r",
            "",
            0.5,
            12,
            ask=(),
            exact=True,
            given=(
                "the balanced equation shows that {ratio}, which means a mole ratio of {value}",
            ),
            noun=("the mole ratio of {product} to {reactant}",),
        ),
        Quantity(
            "n_p",
            "mol",
            0.01,
            200,
            meaning="amount of {product}",
            symbol=r"n_{\mathrm{product}}",
            given=("{the} yields {value} of {product}", "{value} of {product} forms in {the}"),
            noun=("the amount of {product} formed in {the}",),
            ask=(
                "How many moles of {product} form in {the}?",
                "What amount of {product}, in moles, does {the} yield?",
            ),
        ),
    ),
    skills=("reaction_stoichiometry", "multiplication", "proportion"),
    source="OpenStax Chemistry 2e, section 4.3 (reaction stoichiometry)",
    cases=(
        Case(
            {
                "a": "yeast in a fermenter turns glucose into ethanol and carbon dioxide",
                "the": "the fermenter",
                "reactant": "glucose",
                "product": "ethanol",
                "ratio": "two molecules of ethanol form per molecule of glucose",
            },
            fixed={"r": "2"},
        ),
        Case(
            {
                "a": "glucose burns completely to carbon dioxide and water in a combustion tube",
                "the": "the combustion tube",
                "reactant": "glucose",
                "product": "carbon dioxide",
                "ratio": "six molecules of carbon dioxide form per molecule of glucose",
            },
            fixed={"r": "6"},
        ),
        Case(
            {
                "a": "ethanol burns completely to carbon dioxide and water in a spirit lamp",
                "the": "the spirit lamp",
                "reactant": "ethanol",
                "product": "carbon dioxide",
                "ratio": "two molecules of carbon dioxide form per molecule of ethanol",
            },
            fixed={"r": "2"},
        ),
        Case(
            {
                "a": "calcium carbonate is heated in a kiln until it has decomposed completely",
                "the": "the kiln",
                "reactant": "calcium carbonate",
                "product": "carbon dioxide",
                "ratio": "one carbon dioxide molecule forms per formula unit of calcium carbonate",
            },
            fixed={"r": "1"},
        ),
        Case(
            {
                "a": "water is split into hydrogen and oxygen in an electrolyser",
                "the": "the electrolyser",
                "reactant": "water",
                "product": "oxygen",
                "ratio": "one molecule of oxygen forms per two molecules of water",
            },
            fixed={"r": "0.5"},
        ),
    ),
    setting=("{a}",),
)


PERCENT_YIELD = Relation(
    name="percent-yield",
    title="the actual yield is the percent yield times the theoretical yield",
    domain="chemistry",
    field_="stoichiometry",
    equation="m_a = y*m_t",
    quantities=(
        Quantity(
            "m_t",
            "g",
            1,
            800,
            meaning="mass of {product}",
            accepts=("mass",),
            symbol=r"m_{\mathrm{theory}}",
            given=(
                "complete conversion in {the} would give {value} of {product}",
                "the theoretical yield of {product} in {the} is {value}",
            ),
            noun=("the theoretical yield of {product} in {the}",),
            ask=(
                "What is the theoretical yield of {product} in {the}?",
                "How large is the theoretical yield of {product} in {the}?",
            ),
        ),
        Quantity(
            "y",
            "percent",
            20,
            98,
            meaning="percent yield",
            given=(
                "the percent yield in {the} is {value}",
                "the percent yield in {the} is found to be {value}",
            ),
            noun=("the percent yield in {the}",),
            ask=("What is the percent yield in {the}?", "How high is the percent yield of {the}?"),
        ),
        Quantity(
            "m_a",
            "g",
            0.5,
            750,
            meaning="mass of {product}",
            symbol=r"m_{\mathrm{actual}}",
            given=(
                "the chemist actually isolates {value} of {product} from {the}",
                "{value} of pure {product} is recovered from {the}",
            ),
            noun=("the mass of {product} recovered from {the}",),
            ask=(
                "What mass of {product} is recovered from {the}?",
                "What is the mass of {product} recovered from {the}?",
            ),
        ),
    ),
    skills=("reaction_stoichiometry", "percentage", "multiplication"),
    source="OpenStax Chemistry 2e, section 4.4 (reaction yields)",
    cases=(
        Case({"the": "the reaction flask", "product": "aspirin"}),
        Case(
            {"the": "the pilot still", "product": "ethanol"},
            ranges={"m_t": (50, 800), "m_a": (20, 750)},
        ),
        Case(
            {"the": "the leaching tank", "product": "copper"},
            ranges={"m_t": (50, 800), "m_a": (20, 750)},
        ),
    ),
    setting=("a chemist makes {product} in {the}",),
    extras=(Extra("the run in {the} takes {value}", "h", 1.2, 9),),
)


RELATIONS = Family(__doc__, MOLE_RATIO, PERCENT_YIELD)
