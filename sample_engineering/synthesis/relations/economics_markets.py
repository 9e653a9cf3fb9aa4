"""Economics: firms, markets and the whole economy."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

BREAK_EVEN = Relation(
    name="break-even",
    title="at break-even the margin on all units covers the fixed cost",
    domain="economics",
    field_="costs",
    equation="q*(p - v) = F",
    quantities=(
        Quantity(
            "F",
            "dollar",
            50,
            500000,
            meaning="money",
            noun=("the fixed cost of {the}",),
            ask=("What is the fixed cost of {the}?", "How high is the fixed cost of {the}?"),
        ),
        Quantity(
            "p",
            "dollar",
            1,
            400,
            meaning="price per item",
            given=(
                "{the} sells each {item} for {value}",
                "the price of each {item} from {the} is {value}",
            ),
            noun=("the price of each {item} from {the}",),
            ask=(
                "For what price must {the} sell each {item}?",
                "What is the price of each {item} from {the}?",
            ),
        ),
        Quantity(
            "v",
            "dollar",
            0.2,
            300,
            meaning="variable cost per item",
            given=(
                "each {item} costs {the} {value} in material",
                "the variable cost of each {item} from {the} is {value}",
            ),
            noun=("the variable cost of each {item} from {the}",),
            ask=(
                "What is the variable cost of each {item} from {the}?",
                "How high is the variable cost of each {item} from {the}?",
            ),
        ),
        Quantity(
            "q",
            "",
            10,
            50000,
            meaning="count of {item}s",
            given=(
                "{the} breaks even with {value} {item}s",
                "the break-even number of {item}s from {the} is {value}",
            ),
            noun=("the break-even number of {item}s from {the}",),
            ask=(
                "With how many {item}s does {the} break even?",
                "What is the break-even number of {item}s from {the}?",
            ),
            whole=True,
        ),
    ),
    skills=("cost_and_profit", "linear_equation", "division"),
    source="Horngren, Cost Accounting, chapter 3 (cost-volume-profit analysis)",
    cases=(
        Case({"the": "the bicycle workshop", "item": "lamp"}, ranges={"p": (8, 60), "v": (2, 40)}),
        Case({"the": "the pottery", "item": "bowl"}, ranges={"p": (10, 80), "v": (1, 30)}),
        Case({"the": "the print shop", "item": "poster"}, ranges={"p": (4, 30), "v": (1, 12)}),
    ),
    extras=(Extra("{the} is {value} years old", "", 5, 90),),
    setting=("{the} has a fixed cost besides the material for each {item}",),
    require=("p > v",),
    pivot="F",
)


EQUILIBRIUM = Relation(
    name="market-equilibrium",
    title="in equilibrium the quantity demanded equals the quantity supplied",
    domain="economics",
    field_="markets",
    equation="a - b*p = d*p",
    quantities=(
        Quantity("a", "", 50, 20000, whole=True, step=10),
        Quantity("b", "1/dollar", 1, 400, step=1, exact=True),
        Quantity("d", "1/dollar", 1, 400, step=1, exact=True),
        Quantity(
            "p",
            "dollar",
            0.5,
            500,
            given=(),
            link=(),
            meaning="price per item",
            noun=("the equilibrium price of {item} at {the}",),
            ask=(
                "What is the equilibrium price of {item} at {the}?",
                "How high is the equilibrium price of {item} at {the}?",
            ),
        ),
    ),
    skills=("supply_and_demand", "linear_equation", "division"),
    source="Mankiw, Principles of Economics, chapter 4 (supply and demand)",
    cases=(
        Case({"the": "the village market", "item": "a basket of plums"}),
        Case({"the": "the fish auction", "item": "a crate of herring"}),
        Case({"the": "the timber exchange", "item": "a stack of boards"}),
    ),
    extras=(Extra("{the} is held {value} times a month", "", 2, 8),),
    setting=("the price $p$ of {item} at {the} is measured in dollars",),
    tell={
        "p": ("buyers at {the} demand ${a:n} - {b:n}p$ units while sellers supply ${d:n}p$ units",)
    },
)


MULTIPLIER = Relation(
    name="spending-multiplier",
    title="the spending multiplier is one over one minus the propensity to consume",
    domain="economics",
    field_="macroeconomics",
    equation="Y*(1 - c) = G",
    quantities=(
        Quantity(
            "G",
            "dollar",
            1000,
            1e10,
            meaning="money",
            symbol=r"\Delta G",
            given=(
                "the government of {the} spends an additional {value}",
                "the additional government spending in {the} is {value}",
            ),
            noun=("the additional government spending in {the}",),
            ask=(
                "How much more does the government of {the} spend?",
                "What is the additional government spending in {the}?",
            ),
        ),
        Quantity(
            "c",
            "percent",
            30,
            92,
            meaning="propensity to consume",
            given=(
                "households in {the} spend {value} of every additional dollar they earn",
                "the marginal propensity to consume in {the} is {value}",
            ),
            noun=("the marginal propensity to consume in {the}",),
            link=(
                "the percentage of every additional dollar that households in {the} spend equals "
                "{source}",
            ),
            ask=(
                "What percentage of every additional dollar do households in {the} spend?",
                "What is the marginal propensity to consume in {the}?",
            ),
        ),
        Quantity(
            "Y",
            "dollar",
            1500,
            1e11,
            meaning="income",
            symbol=r"\Delta Y",
            given=(
                "total income in {the} rises by {value}",
                "the rise in total income in {the} is {value}",
            ),
            noun=("the rise in total income in {the}",),
            ask=(
                "By how much does total income in {the} rise?",
                "What is the rise in total income in {the}?",
            ),
        ),
    ),
    skills=("macroeconomics", "percentage", "series_summation"),
    source="Mankiw, Principles of Economics, chapter on fiscal policy (the multiplier effect)",
    cases=(
        Case({"the": "the island economy"}, ranges={"G": (1000, 1e7), "Y": (1500, 1e8)}),
        Case({"the": "the small country"}, ranges={"G": (1e5, 1e9), "Y": (1.5e5, 1e10)}),
        Case({"the": "the closed economy"}),
    ),
    setting=(
        "{the} follows the multiplier model: part of every dollar earned is spent there again",
    ),
)


ELASTICITY = Relation(
    name="price-elasticity",
    title="price elasticity is the relative drop in quantity over the relative rise in price",
    domain="economics",
    field_="markets",
    equation="q = e*p",
    quantities=(
        Quantity(
            "e",
            "",
            0.1,
            4,
            meaning="elasticity",
            symbol=r"\varepsilon",
            noun=("the size of the price elasticity of demand for {good}",),
        ),
        Quantity(
            "p",
            "percent",
            0.5,
            25,
            meaning="relative change",
            given=(
                "the price of {good} rises by {value}",
                "the percentage rise in the price of {good} is {value}",
            ),
            noun=("the percentage rise in the price of {good}",),
            link=("the percentage by which the price of {good} rises equals {source}",),
            ask=(
                "By what percentage does the price of {good} rise?",
                "What is the percentage rise in the price of {good}?",
            ),
        ),
        Quantity(
            "q",
            "percent",
            0.1,
            60,
            meaning="relative change",
            given=(
                "the quantity of {good} sold falls by {value}",
                "the percentage drop in the quantity of {good} sold is {value}",
            ),
            noun=("the percentage drop in the quantity of {good} sold",),
            link=("the percentage by which the quantity of {good} sold falls equals {source}",),
            ask=(
                "By what percentage does the quantity of {good} sold fall?",
                "What is the percentage drop in the quantity of {good} sold?",
            ),
        ),
    ),
    skills=("supply_and_demand", "percentage", "multiplication"),
    source="Mankiw, Principles of Economics, chapter 5 (elasticity)",
    cases=(
        Case({"the": "petrol", "good": "petrol"}, ranges={"e": (0.1, 0.6)}),
        Case({"the": "coffee", "good": "coffee"}, ranges={"e": (0.2, 0.8)}),
        Case({"the": "fresh fish", "good": "fresh fish"}, ranges={"e": (0.5, 2)}),
    ),
    setting=("buyers of {good} react to its price with constant elasticity",),
)


RELATIONS = Family(__doc__, BREAK_EVEN, EQUILIBRIUM, MULTIPLIER, ELASTICITY)
