"""Physics: efficiency, heat engines and the work of a gas."""

from sample_engineering.synthesis.relation import Case, Family, Quantity, Relation

EFFICIENCY = Relation(
    name="efficiency",
    title="the useful energy is the efficiency times the energy put in",
    domain="physics",
    field_="energy",
    equation="E_u = eta*E_in",
    quantities=(
        Quantity(
            "E_in",
            "MJ",
            0.01,
            5000,
            meaning="energy",
            symbol=r"E_1",
            units=("kJ",),
            given=("{the} takes in {value} of energy",),
            noun=("the energy that {the} takes in",),
            ask=("How much energy does {the} take in?",),
        ),
        Quantity(
            "eta",
            "percent",
            5,
            98,
            digits=2,
            symbol=r"\eta",
            meaning="efficiency",
            noun=("the efficiency of {the}",),
        ),
        Quantity(
            "E_u",
            "MJ",
            0.005,
            4000,
            meaning="energy",
            symbol=r"E_2",
            units=("kJ",),
            given=("{the} puts out {value} of useful energy",),
            noun=("the useful energy that {the} puts out",),
            ask=("How much useful energy does {the} put out?",),
        ),
    ),
    skills=("efficiency", "percentage"),
    source="OpenStax University Physics 2, section 4.2 (heat engines)",
    cases=(
        Case(
            {"a": "a diesel generator", "the": "the generator"},
            ranges={"eta": (25, 45), "E_in": (1, 2000)},
        ),
        Case(
            {"a": "an electric motor", "the": "the electric motor"},
            ranges={"eta": (60, 95), "E_in": (0.05, 500)},
        ),
        Case(
            {"a": "a steam engine", "the": "the steam engine"},
            ranges={"eta": (5, 20), "E_in": (1, 2000)},
        ),
    ),
    setting=("{a} is run under steady load",),
)

CARNOT = Relation(
    name="carnot-efficiency",
    title="no engine beats the Carnot efficiency",
    domain="physics",
    field_="thermodynamics",
    equation="eta = 1 - Tc/Th",
    quantities=(
        Quantity(
            "Th",
            "K",
            320,
            1800,
            symbol=r"T_{\mathrm{h}}",
            meaning="temperature",
            digits=3,
            units=("degC",),
            given=("the hot side of {the} is at {value}",),
            noun=("the temperature of the hot side of {the}",),
        ),
        Quantity(
            "Tc",
            "K",
            260,
            330,
            symbol=r"T_{\mathrm{c}}",
            meaning="temperature",
            digits=3,
            units=("degC",),
            given=("the cold side of {the} is at {value}",),
            noun=("the temperature of the cold side of {the}",),
        ),
        Quantity(
            "eta",
            "percent",
            5,
            85,
            symbol=r"\eta",
            meaning="efficiency",
            noun=("the highest possible efficiency of {the}",),
        ),
    ),
    skills=("first_law", "percentage"),
    source="OpenStax University Physics 2, section 4.5 (Carnot cycle)",
    cases=(
        Case({"a": "a steam turbine", "the": "the turbine"}, ranges={"Th": (450, 900)}),
        Case({"a": "a Stirling engine", "the": "the Stirling engine"}, ranges={"Th": (350, 900)}),
    ),
    setting=("{a} works between two heat reservoirs",),
)

GAS_WORK = Relation(
    name="isobaric-work",
    title="at constant pressure, work is pressure times change of volume",
    domain="physics",
    field_="thermodynamics",
    equation="W = p*dV",
    quantities=(
        Quantity(
            "p",
            "kPa",
            50,
            2000,
            meaning="pressure",
            given=("the pressure in {the} stays at {value}",),
            noun=("the pressure in {the}",),
        ),
        Quantity(
            "dV",
            "L",
            0.1,
            2000,
            symbol=r"\Delta V",
            meaning="",
            accepts=("volume",),
            given=("the gas in {the} expands by {value}",),
            noun=("the change in the volume of the gas in {the}",),
            link=("the gas in {the} expands by a volume equal to {source}",),
            ask=("By what volume does the gas in {the} expand?",),
        ),
        Quantity(
            "W",
            "kJ",
            0.01,
            2000,
            meaning="energy",
            units=("J",),
            given=("the gas in {the} does {value} of work",),
            noun=("the work done by the gas in {the}",),
            ask=("How much work does the gas in {the} do?",),
        ),
    ),
    skills=("first_law", "work_and_power"),
    source="OpenStax University Physics 2, section 3.2 (work and internal energy)",
    cases=(
        Case({"a": "a cylinder with a heavy piston", "the": "the cylinder"}),
        Case(
            {"a": "a gas bag under constant load", "the": "the gas bag"},
            ranges={"p": (90, 160), "dV": (1, 2000)},
        ),
    ),
    setting=("the gas in {a} is slowly heated",),
)

RELATIONS = Family(__doc__, EFFICIENCY, CARNOT, GAS_WORK)
