"""Engineering: loads on structures, and gears."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

STRESS = Relation(
    name="axial-stress",
    title="the stress is the force per cross-sectional area",
    domain="engineering",
    field_="strength of materials",
    equation="s = F/A",
    quantities=(
        Quantity(
            "F",
            "kN",
            0.05,
            2000,
            meaning="force",
            units=("N",),
            given=("{the} carries a load of {value}", "the load on {the} is {value}"),
            noun=("the load on {the}",),
            ask=("What load does {the} carry?", "What is the load on {the}?"),
        ),
        Quantity(
            "A",
            "mm**2",
            2,
            50000,
            meaning="cross-sectional area",
            accepts=("area",),
            units=("cm**2",),
            given=(
                "the cross-section of {the} is {value}",
                "the cross-section of {the} is found to be {value}",
            ),
            noun=("the cross-section of {the}",),
            ask=("What is the cross-section of {the}?", "How large is the cross-section of {the}?"),
        ),
        Quantity(
            "s",
            "MPa",
            1,
            500,
            meaning="stress",
            symbol=r"\sigma",
            given=("the stress in {the} is {value}", "the stress in {the} is found to be {value}"),
            noun=("the stress in {the}",),
            ask=("What is the stress in {the}?", "How high is the stress in {the}?"),
        ),
    ),
    skills=("stress_and_strain", "area", "division"),
    source="Hibbeler, Mechanics of Materials, chapter 1 (average normal stress)",
    cases=(
        Case({"the": "the steel rod"}, ranges={"A": (20, 2000), "s": (10, 300)}),
        Case({"the": "the crane cable"}, ranges={"A": (50, 2000), "s": (20, 500)}),
        Case({"the": "the concrete column"}, ranges={"A": (10000, 50000), "s": (1, 30)}),
    ),
    setting=("a load acts along the axis of {the}",),
    extras=(Extra("{the} is painted with a coat {value} thick", "mm", 0.1, 0.9),),
)


# Young's moduli: CRC Handbook of Chemistry and Physics.
ELONGATION = Relation(
    name="hookes-law-rod",
    title="Hooke's law: the stress is Young's modulus times the strain",
    domain="engineering",
    field_="strength of materials",
    equation="s*L = E*x",
    quantities=(
        Quantity(
            "s",
            "MPa",
            1,
            350,
            meaning="stress",
            symbol=r"\sigma",
            given=(
                "{the} is under a tensile stress of {value}",
                "the tensile stress in {the} is {value}",
            ),
            noun=("the tensile stress in {the}",),
            ask=(
                "What is the tensile stress in {the}?",
                "How high is the tensile stress in {the}?",
            ),
        ),
        Quantity(
            "E",
            "GPa",
            10,
            250,
            ask=(),
            given=("Young's modulus of {material} is {value}",),
            noun=("the Young's modulus of {material}",),
        ),
        Quantity(
            "L",
            "m",
            0.2,
            80,
            meaning="length",
            given=(
                "without load {the} is {value} long",
                "the length of {the} without load is {value}",
            ),
            noun=("the length of {the} without load",),
            link=("without load {the} is as long as {source}",),
            ask=("How long is {the} without load?", "What is the length of {the} without load?"),
        ),
        Quantity(
            "x",
            "mm",
            0.02,
            150,
            meaning="elongation",
            accepts=("small length",),
            symbol=r"\Delta L",
            given=("the load stretches {the} by {value}", "the elongation of {the} is {value}"),
            noun=("the elongation of {the}",),
            link=("the load stretches {the} by exactly {source}",),
            ask=("By how much does the load stretch {the}?", "What is the elongation of {the}?"),
        ),
    ),
    skills=("stress_and_strain", "multiplication", "division"),
    source="Hibbeler, Mechanics of Materials, chapter 3 (Hooke's law)",
    cases=(
        Case(
            {"the": "the bridge hanger", "material": "steel"},
            fixed={"E": "200"},
            ranges={"L": (2, 80), "s": (20, 300)},
        ),
        Case(
            {"the": "the overhead wire", "material": "copper"},
            fixed={"E": "120"},
            ranges={"L": (5, 60), "s": (5, 150)},
        ),
        Case(
            {"the": "the tent pole", "material": "aluminium"},
            fixed={"E": "70"},
            ranges={"L": (0.5, 4), "s": (2, 150)},
        ),
    ),
    setting=("{the} is made of {material}, which is stretched within its elastic range",),
)


GEARS = Relation(
    name="gear-pair",
    title="meshing gears: speed times number of teeth is the same for both",
    domain="engineering",
    field_="machine elements",
    equation="n1*z1 = n2*z2",
    quantities=(
        Quantity(
            "z1",
            "",
            10,
            60,
            ask=(),
            whole=True,
            symbol="z_1",
            given=("the driving gear of {the} has {value} teeth",),
            noun=("the number of teeth on the driving gear of {the}",),
        ),
        Quantity(
            "z2",
            "",
            12,
            180,
            ask=(),
            whole=True,
            symbol="z_2",
            given=("the driven gear of {the} has {value} teeth",),
            noun=("the number of teeth on the driven gear of {the}",),
        ),
        Quantity(
            "n1",
            "rpm",
            10,
            6000,
            meaning="rotational speed",
            symbol="n_1",
            given=(
                "the driving gear of {the} turns at {value}",
                "the rotational speed of the driving gear of {the} is {value}",
            ),
            noun=("the rotational speed of the driving gear of {the}",),
            ask=(
                "At what rotational speed does the driving gear of {the} turn?",
                "What is the rotational speed of the driving gear of {the}?",
            ),
        ),
        Quantity(
            "n2",
            "rpm",
            3,
            6000,
            meaning="rotational speed",
            symbol="n_2",
            given=(
                "the driven gear of {the} turns at {value}",
                "the rotational speed of the driven gear of {the} is {value}",
            ),
            noun=("the rotational speed of the driven gear of {the}",),
            ask=(
                "At what rotational speed does the driven gear of {the} turn?",
                "What is the rotational speed of the driven gear of {the}?",
            ),
        ),
    ),
    skills=("gears_and_machines", "proportion", "multiplication"),
    source="Shigley, Mechanical Engineering Design, chapter on gears",
    cases=(
        Case({"the": "the winch"}, ranges={"n1": (10, 300)}),
        Case({"the": "the lathe"}, ranges={"n1": (200, 3000)}),
        Case({"the": "the mill"}, ranges={"n1": (20, 600)}),
    ),
    extras=(Extra("{the} has a mass of {value}", "kg", 50, 900),),
    setting=("in {the} one gear drives another with which it meshes",),
)


RELATIONS = Family(__doc__, STRESS, ELONGATION, GEARS)
