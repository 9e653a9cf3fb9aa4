"""Biology: proteins."""

from sample_engineering.synthesis.relation import Case, Family, Quantity, Relation

CODONS = Relation(
    name="codons",
    title="three bases code for one amino acid, with one stop codon at the end",
    domain="biology",
    field_="molecular biology",
    equation="b = 3*(a + 1)",
    quantities=(
        Quantity(
            "a",
            "",
            30,
            3000,
            whole=True,
            meaning="count of amino acids",
            given=(
                "{the} is a chain of {value} amino acids",
                "the number of amino acids in {the} is {value}",
            ),
            noun=("the number of amino acids in {the}",),
            ask=(
                "How many amino acids does {the} have when it leaves the ribosome?",
                "What is the number of amino acids in {the}?",
            ),
        ),
        Quantity(
            "b",
            "",
            93,
            9003,
            whole=True,
            step=3,
            meaning="count of bases",
            given=("the coding sequence of {the}, stop codon included, has {value} bases",),
            noun=("the number of bases in the coding sequence of {the}",),
            link=(
                "the number of bases in the coding sequence of {the}, stop codon included, "
                "equals {source}",
            ),
            ask=("How many bases does the coding sequence of {the} have, stop codon included?",),
        ),
    ),
    skills=("molecular_genetics", "linear_equation", "multiplication"),
    source="The genetic code; OpenStax Biology 2e, section 15.1",
    cases=(
        Case({"the": "the enzyme"}),
        Case({"the": "the antibody chain"}),
        Case({"the": "the hormone precursor"}, ranges={"a": (30, 400), "b": (93, 1203)}),
    ),
    setting=(
        "the messenger RNA for {the} codes for every amino acid with one codon of three bases, "
        "followed by one stop codon",
    ),
    pivot="b",
)


PROTEIN_MASS = Relation(
    name="protein-mass",
    title="the mass of a protein is the number of its amino acids times their mean mass",
    domain="biology",
    field_="molecular biology",
    equation="M = a*m",
    quantities=(
        Quantity(
            "a",
            "",
            30,
            3000,
            whole=True,
            meaning="count of amino acids",
            given=(
                "{the} consists of {value} amino acids",
                "the number of amino acids in {the} is {value}",
            ),
            noun=("the number of amino acids in {the}",),
            ask=(
                "About how many amino acids does {the} consist of?",
                "What is the number of amino acids in {the}?",
            ),
        ),
        Quantity(
            "m",
            "kDa",
            0.1,
            0.12,
            ask=(),
            given=("one amino acid of {the} adds {value} on average",),
            noun=("the mean mass of an amino acid in a protein",),
        ),
        Quantity(
            "M",
            "kDa",
            3,
            350,
            meaning="mass of a molecule",
            given=(
                "the mass of one molecule of {the} is {value}",
                "the mass of one molecule of {the} is found to be {value}",
            ),
            noun=("the mass of one molecule of {the}",),
            ask=(
                "What is the mass of one molecule of {the}?",
                "How large is the mass of one molecule of {the}?",
            ),
        ),
    ),
    skills=("molecular_genetics", "multiplication", "division"),
    source="Alberts, Molecular Biology of the Cell, chapter 3 (mean residue mass 110 Da)",
    cases=(
        Case({"the": "the milk protein"}, fixed={"m": "0.110"}),
        Case({"the": "the muscle protein"}, fixed={"m": "0.110"}),
        Case({"the": "the toxin"}, fixed={"m": "0.110"}, ranges={"a": (30, 900)}),
    ),
    setting=("{the} is a single chain of amino acids",),
)


RELATIONS = Family(__doc__, CODONS, PROTEIN_MASS)
