"""Economics: investment, interest and prices."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

PAYBACK = Relation(
    name="payback-time",
    title="the payback time is the investment over the yearly saving",
    domain="economics",
    field_="investment",
    equation="I = s*t",
    quantities=(
        Quantity(
            "I",
            "dollar",
            100,
            2000000,
            meaning="money",
            given=("{the} costs {value}", "the cost of {the} is {value}"),
            noun=("the cost of {the}",),
            ask=("How much does {the} cost?", "What is the cost of {the}?"),
        ),
        Quantity(
            "s",
            "dollar/year",
            20,
            500000,
            meaning="saving per year",
            given=("{the} saves {value}", "the yearly saving due to {the} is {value}"),
            noun=("the yearly saving due to {the}",),
            ask=("How much does {the} save per year?", "What is the yearly saving due to {the}?"),
        ),
        Quantity(
            "t",
            "year",
            0.5,
            40,
            meaning="payback time",
            noun=("the payback time of {the}",),
            ask=("What is the payback time of {the}?", "How long is the payback time of {the}?"),
        ),
    ),
    skills=("cost_and_profit", "rate", "division"),
    source="Brealey, Myers and Allen, Principles of Corporate Finance, chapter 5 (payback)",
    cases=(
        Case({"the": "the heat pump"}, ranges={"I": (5000, 40000), "s": (300, 5000)}),
        Case({"the": "the roof insulation"}, ranges={"I": (2000, 30000), "s": (200, 3000)}),
        Case({"the": "the new compressor"}, ranges={"I": (3000, 90000), "s": (500, 20000)}),
    ),
    extras=(Extra("{the} was chosen from {value} offers", "", 2, 9),),
    setting=("{the} is bought to save running costs, with interest left out of account",),
)


COMPOUND = Relation(
    name="compound-interest",
    title="compound interest",
    domain="economics",
    field_="finance",
    equation="A = P*(1 + r)**n",
    quantities=(
        Quantity(
            "P",
            "dollar",
            100,
            500000,
            meaning="money",
            given=("{value} is paid into {the}", "the sum paid into {the} is {value}"),
            noun=("the sum paid into {the}",),
            link=("a sum equal to {source} is paid into {the}",),
            ask=("What sum was paid into {the}?", "What is the sum paid into {the}?"),
        ),
        Quantity(
            "r",
            "percent",
            0.5,
            12,
            meaning="interest rate",
            noun=("the yearly interest rate of {the}",),
            ask=(
                "What is the yearly interest rate of {the}?",
                "How high is the yearly interest rate of {the}?",
            ),
        ),
        Quantity(
            "n",
            "",
            2,
            30,
            ask=(),
            whole=True,
            meaning="count of years",
            given=("the sum stays in {the} for {value} years",),
            noun=("the number of years the sum stays in {the}",),
        ),
        Quantity(
            "A",
            "dollar",
            55,
            2000000,
            meaning="money",
            given=("in the end {the} holds {value}", "the final balance of {the} is {value}"),
            noun=("the final balance of {the}",),
            ask=("What is the final balance of {the}?", "How large is the final balance of {the}?"),
        ),
    ),
    skills=("compound_interest", "exponential_change", "percentage"),
    source="Brealey, Myers and Allen, Principles of Corporate Finance, chapter 2",
    cases=(
        Case({"the": "the savings account"}, ranges={"r": (0.5, 5)}),
        Case({"the": "the pension fund"}, ranges={"r": (2, 8), "n": (5, 30)}),
        Case({"the": "the trust fund"}, ranges={"r": (1, 9)}),
    ),
    setting=("{the} adds interest to the balance once a year",),
)


FISHER = Relation(
    name="fisher-equation",
    title="the Fisher equation for the real interest rate",
    domain="economics",
    field_="macroeconomics",
    equation="1 + i = (1 + r)*(1 + f)",
    quantities=(
        Quantity(
            "i",
            "percent",
            1,
            25,
            meaning="interest rate",
            noun=("the nominal interest rate in {the}",),
            ask=(
                "What is the nominal interest rate in {the}?",
                "How high is the nominal interest rate in {the}?",
            ),
        ),
        Quantity(
            "f",
            "percent",
            0.5,
            20,
            meaning="inflation rate",
            symbol=r"\pi_{\mathrm{e}}",
            noun=("the inflation rate in {the}",),
            ask=(
                "What is the inflation rate in {the}?",
                "How high is the inflation rate in {the}?",
            ),
        ),
        Quantity(
            "r",
            "percent",
            0.2,
            12,
            meaning="interest rate",
            noun=("the real interest rate in {the}",),
            ask=(
                "What is the real interest rate in {the}?",
                "How high is the real interest rate in {the}?",
            ),
        ),
    ),
    skills=("macroeconomics", "percentage", "division"),
    source="Fisher, The Theory of Interest (1930); Mankiw, Macroeconomics, chapter 5",
    cases=(
        Case({"the": "the republic"}),
        Case({"the": "the kingdom"}),
        Case({"the": "the currency union"}),
    ),
    setting=("the exact Fisher equation is used for the real interest rate in {the}",),
    require=("i > f",),
)


DISCOUNT = Relation(
    name="discount",
    title="the reduced price is the list price less the discount",
    domain="economics",
    field_="prices",
    equation="s = p*(1 - d)",
    quantities=(
        Quantity(
            "p",
            "dollar",
            2,
            50000,
            meaning="money",
            noun=("the list price of {the}",),
            ask=("What is the list price of {the}?", "How high is the list price of {the}?"),
        ),
        Quantity(
            "d",
            "percent",
            2,
            75,
            step=1,
            exact=True,
            meaning="discount",
            accepts=("percentage",),
            given=("{the} is sold at a discount of {value}", "the discount on {the} is {value}"),
            noun=("the discount on {the}",),
            link=("the percentage taken off the price of {the} equals {source}",),
            ask=(
                "What is the discount on {the}, in percent?",
                "How large is the discount on {the}, in percent?",
            ),
        ),
        Quantity(
            "s",
            "dollar",
            1,
            48000,
            meaning="money",
            given=("the buyer of {the} pays {value}", "the price paid for {the} is {value}"),
            noun=("the price paid for {the}",),
            ask=("What does the buyer of {the} pay?", "What is the price paid for {the}?"),
        ),
    ),
    skills=("percentage", "cost_and_profit", "multiplication"),
    source="OpenStax Prealgebra 2e, section 6.3 (discount)",
    cases=(
        Case({"the": "the telescope"}, ranges={"p": (80, 3000)}),
        Case({"the": "the winter coat"}, ranges={"p": (30, 600)}),
        Case({"the": "the used tractor"}, ranges={"p": (3000, 50000)}),
    ),
    extras=(Extra("{the} comes with a guarantee of {value} years", "", 2, 5),),
    setting=("{the} is on sale at a reduced price",),
)


RELATIONS = Family(__doc__, PAYBACK, COMPOUND, FISHER, DISCOUNT)
