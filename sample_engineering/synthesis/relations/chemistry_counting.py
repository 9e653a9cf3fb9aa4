"""Chemistry: counted molecules and repeated steps."""

from sample_engineering.synthesis.relation import Case, Family, Quantity, Relation

ISOTOPOLOGUES = Relation(
    name="isotopologues",
    title="places of one kind are alike, so that only how many are exchanged tells them apart",
    domain="chemistry",
    field_="isotopes",
    equation="N = (h + 1)*binomial(c + 2, 2)",
    quantities=(
        Quantity("h", "", 2, 20, ask=(), whole=True, accepts=("number",),
                 given=("a molecule of {the} has {value} hydrogen atoms, each H or D",),
                 noun=("the number of hydrogen atoms in a molecule of {the}",), symbol="h"),
        Quantity("c", "", 2, 12, ask=(), whole=True,
                 given=("a molecule of {the} has {value} oxygen atoms, each of mass 16, 17 or 18",),
                 noun=("the number of oxygen atoms in a molecule of {the}",), symbol="k"),
        Quantity("N", "", 9, 999, whole=True, given=(), link=(),
                 noun=("the number of isotopologues of {the}",),
                 ask=("How many isotopologues of {the}, told apart by how many atoms of each "
                      "isotope they hold, are possible?",)),
    ),
    skills=("atomic_structure", "combination", "counting"),
    source="IUPAC Gold Book, isotopologue; combinations with repetition",
    cases=(Case({"the": "the sugar"}), Case({"the": "the ester"})),
    setting=("in {the} only the isotopes of hydrogen and of oxygen vary",),
    symbolic=False,
)  # fmt: skip

EXTRACTION = Relation(
    name="repeated-extraction",
    title="every extraction leaves the same share behind",
    domain="chemistry",
    field_="separation",
    equation="n = first_below(a, q, 0, b)",
    quantities=(
        Quantity("a", "mg", 20, 5000, ask=(), meaning="mass of {solute}",
                 given=("the water of {the} contains {value} of {solute}",),
                 noun=("the mass of {solute} in the water of {the} at first",), symbol="m_0"),
        Quantity("q", "percent", 4, 60, ask=(), digits=2, step=1, exact=True,
                 given=("every extraction leaves {value} of the {solute} in the water of {the}",),
                 noun=("the share that an extraction leaves in the water of {the}",)),
        Quantity("b", "mg", 0.01, 50, ask=(),
                 given=("less than {value} of {solute} may remain in the water of {the}",),
                 noun=("the mass of {solute} below which the water of {the} must come",)),
        Quantity("n", "", 2, 20, whole=True, given=(), link=(),
                 noun=("the least number of extractions for {the}",),
                 ask=("What is the least number of extractions that {the} needs?",)),
    ),
    skills=("solubility", "exponential_change"),
    source="OpenStax Chemistry 2e, section 11.3; Nernst's distribution law",
    cases=(
        Case({"the": "the flask", "solute": "caffeine"}),
        Case({"the": "the settling tank", "solute": "phenol"}),
    ),
    setting=("{solute} is drawn out of the water of {the} with fresh solvent again and again",),
    require=("a > 4*b",),
    symbolic=False,
)  # fmt: skip

RELATIONS = Family(__doc__, ISOTOPOLOGUES, EXTRACTION)
