"""Biology: what is known afterwards about a gene or an infection."""

from sample_engineering.synthesis.relation import Case, Family, Quantity, Relation

CARRIER = Relation(
    name="carrier-after-sons",
    title="healthy sons make it less likely that their mother is a carrier (Bayes' rule)",
    domain="biology",
    field_="genetics",
    equation="P = C/(C + D)",
    also=("C = p*(1/2)**n", "D = 1 - p"),
    inner=("C", "D"),
    quantities=(
        Quantity("p", "percent", 5, 95, ask=(), digits=2,
                 given=("from the family tree {the} carries the disease with {value} probability",),
                 noun=("the probability from the family tree that {the} is a carrier",)),
        Quantity("n", "", 2, 5, ask=(), whole=True, accepts=("number",),
                 given=("{the} has {value} sons, all of them healthy",),
                 noun=("the number of healthy sons of {the}",)),
        Quantity("C", "percent", 0.1, 60,
                 noun=("the probability of a carrier with healthy sons alone",)),
        Quantity("D", "percent", 1, 95, noun=("the probability of no carrier",)),
        Quantity("P", "percent", 0.1, 95, given=(), link=(),
                 noun=("the probability that {the} is a carrier, given the sons",),
                 ask=("With this in mind, what is the probability that {the} is a carrier?",)),
    ),
    skills=("conditional_probability", "mendelian_genetics"),
    source="Young, Introduction to Risk Calculation in Genetic Counseling, chapter on Bayes",
    cases=(
        Case({"the": "the consultand", "disease": "haemophilia B"}),
        Case({"the": "the aunt", "disease": "Duchenne muscular dystrophy"}),
    ),
    setting=("each son of a woman who carries {disease} is ill with a probability of one half",),
    symbolic=False,
)  # fmt: skip

TWO_TESTS = Relation(
    name="two-positive-tests",
    title="two independent tests: both positive with the infection, or both by mistake",
    domain="biology",
    field_="epidemiology",
    equation="P = I/(I + F)",
    also=("I = p*s**2", "F = (1 - p)*(1 - c)**2"),
    inner=("I", "F"),
    quantities=(
        Quantity("p", "percent", 0.1, 30, ask=(), meaning="prevalence", accepts=("attack rate",),
                 given=("{value} of the {animals} of {the} are infected",),
                 noun=("the share of infected {animals} of {the}",),
                 link=("the share of infected {animals} of {the} equals {source}",)),
        Quantity("s", "percent", 60, 99, ask=(), digits=2, symbol="s_{+}",
                 given=("an infected animal of {the} tests positive with {value} probability",),
                 noun=("the sensitivity of the test for {animals}",)),
        Quantity("c", "percent", 70, 99, ask=(), digits=2, symbol="s_{-}",
                 given=("a healthy animal of {the} tests negative with {value} probability",),
                 noun=("the specificity of the test for {animals}",)),
        Quantity("I", "percent", 0.01, 30, noun=("the share with infection and two positives",)),
        Quantity("F", "percent", 0.001, 10, noun=("the share with two false positives",)),
        Quantity("P", "percent", 2, 97, given=(), link=(),
                 noun=("the probability of an infection after two positive tests in {the}",),
                 ask=("With what probability is one of the {animals} infected if two tests of it, "
                      "independent of each other, are both positive?",)),
    ),
    skills=("conditional_probability", "epidemiology"),
    source="Rothman, Epidemiology: An Introduction; Bayes' rule for repeated tests",
    cases=(
        Case({"the": "the herd", "animals": "cattle"}),
        Case({"the": "the oyster bank", "animals": "oysters"}),
    ),
    setting=("the {animals} of {the} are tested for an infection",),
    symbolic=False,
)  # fmt: skip

PRIMER = Relation(
    name="unique-primer",
    title="of the sequences of n bases there are four to the power of n",
    domain="biology",
    field_="molecular biology",
    equation="n = first_above(1, 4, 0, L)",
    quantities=(
        Quantity("L", "", 3000, 4e9, ask=(), meaning="count of base pairs",
                 given=("the genome of {the} has {value} base pairs",),
                 noun=("the number of base pairs in the genome of {the}",),
                 link=("the number of base pairs in the genome of {the} equals {source}",)),
        Quantity("n", "", 6, 16, whole=True, given=(), link=(),
                 noun=("the least number of bases in a primer for {the}",),
                 ask=("What is the least number of bases for which there are more different "
                      "sequences than base pairs in the genome of {the}?",)),
    ),
    skills=("molecular_genetics", "counting"),
    source="Alberts, Molecular Biology of the Cell, chapter on PCR primers",
    cases=(
        Case({"the": "the phage"}, ranges={"L": (3000, 300000)}),
        Case({"the": "the soil bacterium"}, ranges={"L": (5e5, 1.2e7)}),
        Case({"the": "the moss"}, ranges={"L": (5e7, 4e9)}),
    ),
    setting=("a primer for {the} shall be so long that chance alone hardly repeats it",),
    symbolic=False,
)  # fmt: skip

CODING = Relation(
    name="coding-sequences",
    title="the choices of codon at each place multiply",
    domain="biology",
    field_="molecular biology",
    equation="W = 2**a*4**b",
    quantities=(
        Quantity("a", "", 2, 7, ask=(), whole=True,
                 given=("{value} of the amino acids of {the} have two codons each",),
                 noun=("the number of amino acids of {the} with two codons",)),
        Quantity("b", "", 2, 4, ask=(), whole=True,
                 given=("{value} of the amino acids of {the} have four codons each",),
                 noun=("the number of amino acids of {the} with four codons",)),
        Quantity("W", "", 64, 20000, whole=True, given=(), link=(),
                 noun=("the number of RNA sequences that code for {the}",),
                 ask=("How many different RNA sequences code for {the}?",)),
    ),
    skills=("molecular_genetics", "counting"),
    source="OpenStax Biology 2e, section 15.1 (the genetic code)",
    cases=(Case({"the": "the signal peptide"}), Case({"the": "the toxin fragment"})),
    setting=("the amino acids of {the} have two or four codons",),
    symbolic=False,
)  # fmt: skip

RELATIONS = Family(__doc__, CARRIER, TWO_TESTS, PRIMER, CODING)
