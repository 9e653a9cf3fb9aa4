"""Biology: inheritance and allele frequencies."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

MENDEL = Relation(
    name="monohybrid-cross",
    title="a quarter of the offspring of two heterozygous parents is homozygous recessive",
    domain="biology",
    field_="genetics",
    equation="4*n = N",
    quantities=(
        Quantity(
            "N",
            "",
            40,
            4000,
            whole=True,
            step=4,
            meaning="count of {offspring}",
            given=("{the} produces {value} {offspring}",),
            noun=("the number of {offspring} from {the}",),
            ask=("How many {offspring} does {the} produce if the outcome is exactly as expected?",),
        ),
        Quantity(
            "n",
            "",
            10,
            1000,
            whole=True,
            meaning="count of {recessive}",
            noun=("the expected number of {recessive} from {the}",),
            ask=(
                "How many {recessive} are expected from {the}?",
                "What is the expected number of {recessive} from {the}?",
            ),
        ),
    ),
    skills=("mendelian_genetics", "fractions", "multiplication"),
    source="Mendel's law of segregation; OpenStax Biology 2e, section 12.1",
    cases=(
        Case(
            {
                "the": "the pea cross",
                "offspring": "pea plants",
                "recessive": "white-flowered plants",
                "trait": "white flowers",
            }
        ),
        Case(
            {
                "the": "the mouse cross",
                "offspring": "young mice",
                "recessive": "albino mice",
                "trait": "albinism",
            }
        ),
        Case(
            {
                "the": "the fruit-fly cross",
                "offspring": "flies",
                "recessive": "ebony flies",
                "trait": "ebony body colour",
            }
        ),
    ),
    extras=(Extra("{the} was begun {value} weeks ago", "", 4, 30),),
    setting=(
        "both parents in {the} carry one dominant and one recessive allele of the gene for {trait}",
    ),
)

DIHYBRID = Relation(
    name="dihybrid-cross",
    title="in a dihybrid cross 9 of 16 offspring show both dominant traits",
    domain="biology",
    field_="genetics",
    equation="16*n = 9*N",
    quantities=(
        Quantity(
            "N",
            "",
            32,
            4800,
            whole=True,
            step=16,
            meaning="count of {offspring}",
            given=("{value} {offspring} come from {the}",),
            noun=("the number of {offspring} from {the}",),
            ask=("How many {offspring} come from {the} if the outcome is exactly as expected?",),
        ),
        Quantity(
            "n",
            "",
            18,
            2700,
            whole=True,
            step=9,
            meaning="count of {double}",
            given=(
                "{value} {double} are expected from {the}",
                "the expected number of {double} from {the} is {value}",
            ),
            noun=("the expected number of {double} from {the}",),
            ask=(
                "How many {double} are expected from {the}?",
                "What is the expected number of {double} from {the}?",
            ),
        ),
    ),
    skills=("mendelian_genetics", "fractions", "probability"),
    source="Mendel's law of independent assortment; OpenStax Biology 2e, section 12.3",
    cases=(
        Case(
            {
                "the": "the seed cross",
                "offspring": "seeds",
                "double": "round yellow seeds",
                "genes": "round shape and yellow colour",
            }
        ),
        Case(
            {
                "the": "the tomato cross",
                "offspring": "seedlings",
                "double": "tall purple-stemmed seedlings",
                "genes": "tall growth and purple stems",
            }
        ),
        Case(
            {
                "the": "the guinea-pig cross",
                "offspring": "pups",
                "double": "black short-haired pups",
                "genes": "black colour and short hair",
            }
        ),
    ),
    extras=(Extra("{the} was begun {value} weeks ago", "", 4, 30),),
    setting=(
        "both parents in {the} are heterozygous for two unlinked genes, whose dominant alleles "
        "give {genes}",
    ),
)

AFFECTED = Relation(
    name="hardy-weinberg-affected",
    title="the Hardy-Weinberg law: the share of homozygotes is the square of the allele frequency",
    domain="biology",
    field_="genetics",
    equation="f = q**2",
    quantities=(
        Quantity(
            "q",
            "percent",
            1,
            60,
            meaning="allele frequency",
            given=(
                "the frequency of the recessive allele among {the} is {value}",
                "the frequency of the recessive allele among {the} is found to be {value}",
            ),
            noun=("the frequency of the recessive allele among {the}",),
            ask=(
                "What is the frequency of the recessive allele among {the}, in percent?",
                "What is the frequency of the recessive allele among {the}?",
            ),
        ),
        Quantity(
            "f",
            "percent",
            0.01,
            36,
            meaning="percentage of affected",
            given=(
                "{value} of {the} are {affected}",
                "the percentage of {the} that are {affected} is {value}",
            ),
            noun=("the percentage of {the} that are {affected}",),
            ask=(
                "What percentage of {the} are {affected}?",
                "What is the percentage of {the} that are {affected}?",
            ),
        ),
    ),
    skills=("hardy_weinberg", "squaring", "percentage"),
    source="Hardy-Weinberg law; OpenStax Biology 2e, section 19.1",
    cases=(
        Case({"the": "the moths of the valley", "affected": "pale"}),
        Case({"the": "the squirrels of the park", "affected": "black"}),
        Case({"the": "the cats of the town", "affected": "long-haired"}),
    ),
    extras=(Extra("{the} were first studied {value} years ago", "", 5, 40),),
    setting=(
        "only animals with two copies of a recessive allele are {affected} among {the}, which are "
        "in Hardy-Weinberg equilibrium",
    ),
)

CARRIERS = Relation(
    name="hardy-weinberg-carriers",
    title="the Hardy-Weinberg law: the share of heterozygotes is twice the product of frequencies",
    domain="biology",
    field_="genetics",
    equation="n = 2*q*(1 - q)*N",
    quantities=(
        Quantity(
            "q",
            "percent",
            1,
            45,
            ask=(),
            meaning="allele frequency",
            noun=("the frequency of the recessive allele {place}",),
        ),
        Quantity(
            "N",
            "",
            200,
            100000,
            whole=True,
            meaning="count of {people}",
            given=("{value} {people} live {place}", "the number of {people} {place} is {value}"),
            noun=("the number of {people} {place}",),
            ask=(
                "About how many {people} live {place}?",
                "What is the number of {people} {place}?",
            ),
        ),
        Quantity(
            "n",
            "",
            100,
            50000,
            meaning="estimate of carriers",
            noun=("the expected number of heterozygous carriers {place}",),
            ask=(
                "How many heterozygous carriers are expected {place}?",
                "What is the expected number of heterozygous carriers {place}?",
            ),
        ),
    ),
    skills=("hardy_weinberg", "multiplication", "percentage"),
    source="Hardy-Weinberg law; OpenStax Biology 2e, section 19.1",
    cases=(
        Case(
            {"the": "the mountain village", "place": "in the mountain village", "people": "people"},
            ranges={"N": (200, 5000)},
        ),
        Case(
            {"the": "the stud farm", "place": "on the stud farm", "people": "sheep"},
            ranges={"N": (200, 3000)},
        ),
        Case({"the": "the river delta", "place": "in the river delta", "people": "frogs"}),
    ),
    setting=(
        "a gene with one dominant and one recessive allele is in Hardy-Weinberg "
        "equilibrium among the {people} {place}",
    ),
)

RELATIONS = Family(__doc__, MENDEL, DIHYBRID, AFFECTED, CARRIERS)
