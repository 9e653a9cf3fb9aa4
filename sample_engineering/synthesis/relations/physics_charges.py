"""Physics: electric charge, and where it is kept."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

CHARGE = Relation(
    name="charge-flow",
    title="charge is current times time",
    domain="physics",
    field_="electricity",
    equation="Q = I*t",
    quantities=(
        Quantity(
            "I",
            "A",
            0.001,
            200,
            meaning="current",
            units=("mA",),
            given=("{the} delivers a steady current of {value}",),
            noun=("the current that {the} delivers",),
            link=("{the} delivers a steady current equal to {source}",),
            ask=("What steady current does {the} deliver?",),
        ),
        Quantity(
            "t",
            "min",
            0.05,
            1200,
            meaning="duration",
            units=("s", "h"),
            given=("{the} is in use for {value}",),
            noun=("the time for which {the} is in use",),
            link=("{the} is in use for exactly {source}",),
            ask=("For how long is {the} in use?",),
        ),
        Quantity(
            "Q",
            "C",
            1,
            500000,
            meaning="electric charge",
            units=("kC",),
            given=("a charge of {value} passes through {the}",),
            noun=("the charge that passes through {the}",),
            ask=("How much charge passes through {the}?",),
        ),
    ),
    skills=("rate", "multiplication"),
    source="OpenStax University Physics 2, section 9.1 (electrical current)",
    cases=(
        Case(
            {"a": "a car battery", "the": "the car battery"},
            ranges={"I": (0.5, 150), "t": (0.1, 600)},
        ),
        Case(
            {"a": "a power supply", "the": "the power supply"},
            ranges={"I": (0.05, 10), "t": (1, 600)},
        ),
        Case(
            {"a": "a solar cell", "the": "the solar cell"}, ranges={"I": (0.05, 8), "t": (5, 600)}
        ),
    ),
    extras=(Extra("{the} has a mass of {value}", "kg", 1, 20),),
    setting=("{a} feeds a circuit",),
)

COULOMB = Relation(
    name="coulomb-law",
    title="Coulomb's law",
    domain="physics",
    field_="electricity",
    equation="F = k_coulomb*q1*q2/r**2",
    quantities=(
        Quantity(
            "q1",
            "nC",
            1,
            900,
            symbol="q_1",
            given=("the first sphere carries a charge of {value}",),
            noun=("the charge of the first sphere",),
            ask=("What charge does the first sphere carry?",),
        ),
        Quantity(
            "q2",
            "nC",
            1,
            900,
            symbol="q_2",
            given=("the second sphere carries a charge of {value}",),
            noun=("the charge of the second sphere",),
            ask=("What charge does the second sphere carry?",),
        ),
        Quantity(
            "r",
            "cm",
            3,
            200,
            meaning="length",
            units=("m",),
            given=("their centres are {value} apart",),
            noun=("the distance between the centres of the spheres",),
            ask=("How far apart are the centres of the spheres?",),
        ),
        Quantity(
            "F",
            "mN",
            0.001,
            5000,
            meaning="force",
            given=("the two spheres repel each other with a force of {value}",),
            noun=("the force between the spheres",),
            ask=("With what force do the two spheres repel each other?",),
        ),
    ),
    skills=("coulomb_law", "inverse_square_law", "scientific_notation"),
    source="OpenStax University Physics 2, section 5.3 (Coulomb's law)",
    cases=(
        Case({"the": "the sphere", "where": "hang on silk threads"}),
        Case({"the": "the sphere", "where": "stand on insulating posts"}),
    ),
    setting=("two small metal spheres with charges of the same sign {where}",),
)

CAPACITOR = Relation(
    name="capacitor-energy",
    title="the energy of a capacitor is half its capacitance times the voltage squared",
    domain="physics",
    field_="electricity",
    equation="E = C*U**2/2",
    quantities=(
        Quantity(
            "C",
            "uF",
            1,
            5000000,
            meaning="capacitance",
            units=("mF",),
            given=("{the} has a capacitance of {value}",),
            noun=("the capacitance of {the}",),
        ),
        Quantity(
            "U",
            "V",
            2,
            4000,
            meaning="voltage",
            given=("{the} is charged to {value}",),
            noun=("the voltage to which {the} is charged",),
            ask=("To what voltage is {the} charged?",),
        ),
        Quantity(
            "E",
            "J",
            0.001,
            5000,
            meaning="energy",
            units=("kJ", "mJ"),
            given=("{the} stores {value} of energy",),
            noun=("the energy stored in {the}",),
            ask=("How much energy does {the} store?",),
        ),
    ),
    skills=("capacitance", "squaring"),
    source="OpenStax University Physics 2, section 8.3 (energy in a capacitor)",
    cases=(
        Case(
            {"a": "the capacitor of a camera flash", "the": "the flash capacitor"},
            ranges={"C": (50, 2000), "U": (100, 400)},
        ),
        Case(
            {"a": "the capacitor of a defibrillator", "the": "the defibrillator capacitor"},
            ranges={"C": (20, 300), "U": (800, 4000)},
        ),
    ),
    extras=(Extra("{the} has a mass of {value}", "g", 5, 90),),
    setting=("{a} is fully charged",),
)

RELATIONS = Family(__doc__, CHARGE, COULOMB, CAPACITOR)
