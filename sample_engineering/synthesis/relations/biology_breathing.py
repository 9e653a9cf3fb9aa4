"""Biology: breathing and oxygen uptake."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

VENTILATION = Relation(
    name="alveolar-ventilation",
    title="alveolar ventilation leaves out the air that stays in the dead space",
    domain="biology",
    field_="physiology",
    equation="A = f*(V - D)",
    quantities=(
        Quantity(
            "f",
            "min**-1",
            8,
            45,
            meaning="breathing rate",
            given=("{the} breathes at a rate of {value}", "the breathing rate of {the} is {value}"),
            noun=("the breathing rate of {the}",),
            ask=(
                "What is the breathing rate of {the}?",
                "How high is the breathing rate of {the}?",
            ),
        ),
        Quantity(
            "V",
            "mL",
            300,
            3000,
            meaning="volume of gas",
            symbol=r"V_{\mathrm{T}}",
            given=(
                "{the} draws in {value} of air per breath",
                "the volume of air that {the} draws in per breath is {value}",
            ),
            noun=("the volume of air that {the} draws in per breath",),
            ask=(
                "What volume of air does {the} draw in per breath?",
                "What is the volume of air that {the} draws in per breath?",
            ),
        ),
        Quantity(
            "D",
            "mL",
            90,
            250,
            ask=(),
            symbol=r"V_{\mathrm{D}}",
            given=("{value} of every breath of {the} stays in the dead space of the airways",),
            noun=("the dead space of {the}",),
        ),
        Quantity(
            "A",
            "L/min",
            2,
            80,
            meaning="flow of air",
            units=("mL/s",),
            given=(
                "the alveolar ventilation of {the} is {value}",
                "the alveolar ventilation of {the} is found to be {value}",
            ),
            noun=("the alveolar ventilation of {the}",),
            ask=(
                "What is the alveolar ventilation of {the}?",
                "How large is the alveolar ventilation of {the}?",
            ),
        ),
    ),
    skills=("physiological_rate", "subtraction", "multiplication"),
    source="OpenStax Anatomy and Physiology 2e, section 22.3 (the process of breathing)",
    cases=(
        Case({"the": "the sleeper"}, ranges={"f": (8, 18), "V": (300, 600), "D": (110, 170)}),
        Case({"the": "the hiker"}, ranges={"f": (15, 30), "V": (800, 1800), "D": (120, 200)}),
        Case({"the": "the rower"}, ranges={"f": (25, 45), "V": (1500, 3000), "D": (140, 220)}),
    ),
    extras=(Extra("{the} has a body mass of {value}", "kg", 50, 95),),
    setting=("a physiologist measures the breathing of {the}",),
    require=("V > D",),
)


FICK = Relation(
    name="fick-principle",
    title="Fick's principle: oxygen uptake is blood flow times the difference in oxygen content",
    domain="biology",
    field_="physiology",
    equation="O = Q*(a - v)",
    quantities=(
        Quantity(
            "Q",
            "L/min",
            3,
            35,
            meaning="blood flow",
            given=(
                "the heart of {the} pumps {value} of blood",
                "the blood flow through {the} is {value}",
            ),
            noun=("the blood flow through {the}",),
        ),
        Quantity(
            "a",
            "mL/L",
            170,
            215,
            ask=(),
            symbol=r"c_{\mathrm{a}}",
            given=("the oxygen content of the arterial blood of {the} is {value}",),
            noun=("the arterial oxygen content of {the}",),
        ),
        Quantity(
            "v",
            "mL/L",
            20,
            165,
            meaning="oxygen content of blood",
            symbol=r"c_{\mathrm{v}}",
            given=(
                "the oxygen content of the venous blood of {the} is {value}",
                "the oxygen content of the venous blood of {the} is found to be {value}",
            ),
            noun=("the venous oxygen content of {the}",),
            ask=(
                "What is the oxygen content of the venous blood of {the}?",
                "How large is the oxygen content of the venous blood of {the}?",
            ),
        ),
        Quantity(
            "O",
            "mL/min",
            150,
            6000,
            meaning="oxygen uptake",
            units=("L/min",),
            symbol=r"\dot{V}_{\mathrm{O_2}}",
            given=("{the} takes up {value} of oxygen", "the oxygen uptake of {the} is {value}"),
            noun=("the oxygen uptake of {the}",),
            ask=("What is the oxygen uptake of {the}?", "How large is the oxygen uptake of {the}?"),
        ),
    ),
    skills=("physiological_rate", "subtraction", "multiplication"),
    source="Fick principle; OpenStax Anatomy and Physiology 2e, section 19.4",
    cases=(
        Case(
            {"the": "the patient at rest"}, ranges={"Q": (3, 8), "v": (120, 165), "O": (150, 400)}
        ),
        Case(
            {"the": "the cyclist on the ergometer"},
            ranges={"Q": (12, 30), "v": (30, 90), "O": (1000, 5500)},
        ),
        Case({"the": "the swimmer"}, ranges={"Q": (10, 25), "v": (40, 110), "O": (800, 4500)}),
    ),
    extras=(Extra("{the} has a body mass of {value}", "kg", 50, 95),),
    setting=("oxygen is measured in the arterial as well as in the venous blood of {the}",),
    require=("a > v",),
)


# Q10 as taught: van 't Hoff's rule, a step of 10 K by definition.
Q10 = Relation(
    name="q10-coefficient",
    title="the Q10 coefficient is the factor by which a rate grows per 10 K",
    domain="biology",
    field_="physiology",
    equation="b = a*q**(dT/step)",
    quantities=(
        Quantity(
            "a",
            "mL/h",
            0.1,
            500,
            meaning="oxygen uptake",
            symbol="r_1",
            given=(
                "{the} takes up {value} of oxygen before the warming",
                "the oxygen uptake of {the} before the warming is {value}",
            ),
            noun=("the oxygen uptake of {the} before the warming",),
            link=("before the warming the oxygen uptake of {the} equals {source}",),
            ask=(
                "What was the oxygen uptake of {the} before the warming?",
                "What is the oxygen uptake of {the} before the warming?",
            ),
        ),
        Quantity(
            "q",
            "",
            1.5,
            3.5,
            meaning="Q10 coefficient",
            symbol="Q_{10}",
            given=(
                "the Q10 coefficient of {the} is {value}",
                "the Q10 coefficient of {the} is found to be {value}",
            ),
            noun=("the Q10 coefficient of {the}",),
        ),
        Quantity(
            "step",
            "K",
            9,
            11,
            ask=(),
            exact=True,
            symbol=r"\Delta T_{10}",
            given=("the Q10 coefficient is the factor that belongs to a warming of {value}",),
            noun=("the warming to which the Q10 coefficient belongs",),
        ),
        Quantity(
            "dT",
            "K",
            2,
            25,
            meaning="rise in body temperature",
            accepts=("temperature difference",),
            symbol=r"\Delta T",
            given=(
                "the body of {the} warms up by {value}",
                "the rise in the body temperature of {the} is {value}",
            ),
            noun=("the rise in the body temperature of {the}",),
            link=("the body of {the} warms up by exactly {source}",),
            ask=(
                "By how much does the body of {the} warm up?",
                "What is the rise in the body temperature of {the}?",
            ),
        ),
        Quantity(
            "b",
            "mL/h",
            0.2,
            3000,
            meaning="oxygen uptake",
            symbol="r_2",
            given=(
                "after the warming {the} takes up {value} of oxygen",
                "the oxygen uptake of {the} after the warming is {value}",
            ),
            noun=("the oxygen uptake of {the} after the warming",),
            link=("after the warming the oxygen uptake of {the} equals {source}",),
            ask=(
                "What is the oxygen uptake of {the} after the warming?",
                "How large is the oxygen uptake of {the} after the warming?",
            ),
        ),
    ),
    skills=("physiological_rate", "exponential_change", "logarithm"),
    source="Schmidt-Nielsen, Animal Physiology, chapter on temperature effects",
    cases=(
        Case({"the": "the lizard"}, fixed={"step": "10"}, ranges={"a": (1, 50)}),
        Case({"the": "the frog"}, fixed={"step": "10"}, ranges={"a": (0.5, 20), "dT": (2, 18)}),
        Case({"the": "the snake"}, fixed={"step": "10"}, ranges={"a": (2, 100), "dT": (2, 18)}),
    ),
    extras=(Extra("{the} has a body length of {value}", "cm", 10, 40),),
    setting=("the oxygen uptake of {the} changes with its body temperature",),
)


RELATIONS = Family(__doc__, VENTILATION, FICK, Q10)
