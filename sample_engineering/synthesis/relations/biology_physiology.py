"""Biology: heart and kidneys."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

CARDIAC_OUTPUT = Relation(
    name="cardiac-output",
    title="cardiac output is heart rate times stroke volume",
    domain="biology",
    field_="physiology",
    equation="Q = f*V",
    quantities=(
        Quantity(
            "f",
            "min**-1",
            30,
            200,
            meaning="heart rate",
            given=(
                "the heart of {the} beats at a rate of {value}",
                "the heart rate of {the} is {value}",
            ),
            noun=("the heart rate of {the}",),
            ask=("What is the heart rate of {the}?", "How high is the heart rate of {the}?"),
        ),
        Quantity(
            "V",
            "mL",
            10,
            1300,
            meaning="volume of blood",
            given=(
                "each beat of the heart of {the} pumps {value} of blood",
                "the stroke volume of {the} is {value}",
            ),
            noun=("the stroke volume of {the}",),
            link=("each beat of the heart of {the} pumps a volume of blood equal to {source}",),
            ask=(
                "What volume of blood does each beat of the heart of {the} pump?",
                "What is the stroke volume of {the}?",
            ),
        ),
        Quantity(
            "Q",
            "L/min",
            1,
            60,
            meaning="blood flow",
            units=("mL/s",),
            given=(
                "the cardiac output of {the} is {value}",
                "the cardiac output of {the} is found to be {value}",
            ),
            noun=("the cardiac output of {the}",),
            ask=(
                "What is the cardiac output of {the}?",
                "How large is the cardiac output of {the}?",
            ),
        ),
    ),
    skills=("physiological_rate", "rate", "multiplication"),
    source="OpenStax Anatomy and Physiology 2e, section 19.4 (cardiac physiology)",
    cases=(
        Case({"the": "the resting student"}, ranges={"f": (50, 90), "V": (55, 95), "Q": (3, 8)}),
        Case(
            {"the": "the running athlete"}, ranges={"f": (110, 195), "V": (80, 160), "Q": (10, 32)}
        ),
        Case({"the": "the race horse"}, ranges={"f": (30, 50), "V": (800, 1200), "Q": (25, 60)}),
    ),
    setting=("a physician examines the circulation of {the}",),
    extras=(Extra("{the} has a body temperature of {value}", "degC", 36.5, 38, 3),),
)


CLEARANCE = Relation(
    name="renal-clearance",
    title="renal clearance is urine concentration times urine flow over plasma concentration",
    domain="biology",
    field_="physiology",
    equation="C*P = U*F",
    quantities=(
        Quantity(
            "U",
            "mg/L",
            50,
            5000,
            meaning="mass concentration of {marker}",
            symbol=r"c_{\mathrm{urine}}",
            given=(
                "the urine of {the} contains {value} of {marker}",
                "the concentration of {marker} in the urine of {the} is {value}",
            ),
            noun=("the concentration of {marker} in the urine of {the}",),
            ask=(
                "What is the concentration of {marker} in the urine of {the}?",
                "How high is the concentration of {marker} in the urine of {the}?",
            ),
        ),
        Quantity(
            "F",
            "mL/min",
            0.5,
            6,
            meaning="urine flow",
            symbol=r"\dot{V}",
            given=(
                "{the} produces urine at a rate of {value}",
                "the urine flow of {the} is {value}",
            ),
            noun=("the urine flow of {the}",),
            ask=("At what rate does {the} produce urine?", "What is the urine flow of {the}?"),
        ),
        Quantity(
            "P",
            "mg/L",
            1,
            400,
            meaning="mass concentration of {marker}",
            symbol=r"c_{\mathrm{plasma}}",
            given=(
                "the blood plasma of {the} contains {value} of {marker}",
                "the concentration of {marker} in the plasma of {the} is {value}",
            ),
            noun=("the concentration of {marker} in the plasma of {the}",),
            ask=(
                "What is the concentration of {marker} in the plasma of {the}?",
                "How high is the concentration of {marker} in the plasma of {the}?",
            ),
        ),
        Quantity(
            "C",
            "mL/min",
            10,
            180,
            meaning="clearance",
            accepts=("clearance rate",),
            given=(
                "the renal clearance of {marker} in {the} is {value}",
                "the renal clearance of {marker} in {the} is found to be {value}",
            ),
            noun=("the renal clearance of {marker} in {the}",),
            ask=(
                "What is the renal clearance of {marker} in {the}?",
                "How large is the renal clearance of {marker} in {the}?",
            ),
        ),
    ),
    skills=("physiological_rate", "concentration", "division"),
    source="OpenStax Anatomy and Physiology 2e, section 25.7 (renal function tests)",
    cases=(
        Case(
            {"the": "the kidney patient", "marker": "creatinine"},
            ranges={"P": (6, 60), "U": (300, 2000)},
        ),
        Case({"the": "the volunteer", "marker": "inulin"}, ranges={"P": (50, 300)}),
        Case(
            {"the": "the blood donor", "marker": "creatinine"},
            ranges={"P": (5, 13), "U": (300, 2500), "C": (70, 160)},
        ),
    ),
    extras=(Extra("{the} has a body mass of {value}", "kg", 50, 95),),
    setting=("the kidneys of {the} remove {marker} from the blood",),
)


RELATIONS = Family(__doc__, CARDIAC_OUTPUT, CLEARANCE)
