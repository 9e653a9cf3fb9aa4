"""Chemistry: solutions."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

MOLARITY = Relation(
    name="molar-concentration",
    title="the molar concentration is the amount of solute per volume of solution",
    domain="chemistry",
    field_="solutions",
    equation="n = c*V",
    quantities=(
        Quantity(
            "n",
            "mol",
            0.0005,
            10,
            meaning="amount of {solute}",
            units=("mmol",),
            given=(
                "{value} of {solute} is dissolved in {the}",
                "the amount of {solute} dissolved in {the} is {value}",
            ),
            noun=("the amount of {solute} dissolved in {the}",),
            ask=(
                "What amount of {solute} is dissolved in {the}?",
                "What is the amount of {solute} dissolved in {the}?",
            ),
        ),
        Quantity(
            "V",
            "L",
            0.01,
            20,
            meaning="volume of liquid",
            accepts=("volume",),
            units=("mL",),
            given=(
                "the solution in {the} has a volume of {value}",
                "the volume of the solution in {the} is {value}",
            ),
            noun=("the volume of the solution in {the}",),
            ask=(
                "What is the volume of the solution in {the}?",
                "How large is the volume of the solution in {the}?",
            ),
        ),
        Quantity(
            "c",
            "mol/L",
            0.001,
            5,
            meaning="concentration of {solute}",
            units=("mmol/L",),
            given=(
                "the concentration of {solute} in {the} is {value}",
                "the concentration of {solute} in {the} is found to be {value}",
            ),
            noun=("the concentration of {solute} in {the}",),
            ask=(
                "What is the molar concentration of {solute} in {the}?",
                "How high is the molar concentration of {solute} in {the}?",
            ),
        ),
    ),
    skills=("concentration", "multiplication", "division"),
    source="OpenStax Chemistry 2e, section 3.3 (molarity)",
    cases=(
        Case({"the": "the volumetric flask", "solute": "glucose"}, ranges={"V": (0.05, 2)}),
        Case({"the": "the bottle of brine", "solute": "sodium chloride"}, ranges={"V": (0.1, 5)}),
        Case({"the": "the carboy", "solute": "ethanol"}, ranges={"V": (2, 20)}),
    ),
    setting=("{the} holds a solution of {solute} in water",),
    extras=(Extra("the solution in {the} is at {value}", "degC", 18, 26),),
)

DILUTION = Relation(
    name="dilution",
    title="dilution keeps the amount of solute",
    domain="chemistry",
    field_="solutions",
    equation="c1*V1 = c2*V2",
    quantities=(
        Quantity(
            "c1",
            "mol/L",
            0.05,
            12,
            meaning="concentration of {solute}",
            symbol="c_1",
            given=(
                "the stock solution for {the} contains {value} of {solute}",
                "the concentration of {solute} in the stock for {the} is {value}",
            ),
            noun=("the concentration of {solute} in the stock for {the}",),
            ask=(
                "What is the concentration of {solute} in the stock for {the}?",
                "How high is the concentration of {solute} in the stock for {the}?",
            ),
        ),
        Quantity(
            "V1",
            "mL",
            1,
            500,
            meaning="volume of liquid",
            symbol="V_1",
            given=(
                "{value} of the stock is poured into {the}",
                "the volume of stock poured into {the} is {value}",
            ),
            noun=("the volume of stock poured into {the}",),
            ask=(
                "What volume of the stock is poured into {the}?",
                "What is the volume of stock poured into {the}?",
            ),
        ),
        Quantity(
            "V2",
            "mL",
            20,
            5000,
            meaning="volume of liquid",
            accepts=("volume",),
            symbol="V_2",
            units=("L",),
            given=(
                "water is then added until the solution in {the} has a volume of {value}",
                "the final volume of the solution in {the} is {value}",
            ),
            noun=("the final volume of the solution in {the}",),
            link=("water is then added until the volume of the solution in {the} equals {source}",),
            ask=(
                "To what total volume is the solution in {the} filled up?",
                "What is the final volume of the solution in {the}?",
            ),
        ),
        Quantity(
            "c2",
            "mol/L",
            0.001,
            4,
            meaning="concentration of {solute}",
            symbol="c_2",
            given=(
                "the diluted solution in {the} contains {value} of {solute}",
                "the concentration of {solute} in {the} after dilution is {value}",
            ),
            noun=("the concentration of {solute} in {the} after dilution",),
            link=("after dilution the concentration of {solute} in {the} equals {source}",),
            ask=(
                "What is the concentration of {solute} in {the} after dilution?",
                "How high is the concentration of {solute} in {the} after dilution?",
            ),
        ),
    ),
    skills=("dilution", "concentration", "division"),
    source="OpenStax Chemistry 2e, section 3.3 (dilution of solutions)",
    cases=(
        Case({"the": "the mixing beaker", "solute": "glucose"}, ranges={"c1": (0.2, 4)}),
        Case({"the": "the measuring jug", "solute": "hydrochloric acid"}, ranges={"c1": (1, 12)}),
        Case({"the": "the spray bottle", "solute": "sodium chloride"}, ranges={"c1": (0.5, 5)}),
    ),
    extras=(Extra("{the} has a mass of {value}", "g", 90, 400),),
    setting=("a stock solution of {solute} is diluted in {the}",),
    require=("V2 > V1",),
)

MASS_CONCENTRATION = Relation(
    name="mass-concentration",
    title="the mass concentration is the mass of solute per volume of solution",
    domain="chemistry",
    field_="solutions",
    equation="m = b*V",
    quantities=(
        Quantity(
            "m",
            "g",
            0.05,
            500,
            meaning="mass of {solute}",
            given=(
                "{the} contains {value} of {solute}",
                "the mass of {solute} in {the} is {value}",
            ),
            noun=("the mass of {solute} in {the}",),
            ask=(
                "What mass of {solute} does {the} contain?",
                "What is the mass of {solute} in {the}?",
            ),
        ),
        Quantity(
            "V",
            "L",
            0.05,
            10,
            meaning="volume of liquid",
            accepts=("volume",),
            units=("mL",),
            given=("{the} has a volume of {value}", "the volume of {the} is {value}"),
            noun=("the volume of {the}",),
            ask=("What is the volume of {the}?", "How large is the volume of {the}?"),
        ),
        Quantity(
            "b",
            "g/L",
            0.5,
            200,
            meaning="mass concentration of {solute}",
            symbol=r"\beta",
            given=(
                "the mass concentration of {solute} in {the} is {value}",
                "the mass concentration of {solute} in {the} is found to be {value}",
            ),
            noun=("the mass concentration of {solute} in {the}",),
            ask=(
                "What is the mass concentration of {solute} in {the}?",
                "How large is the mass concentration of {solute} in {the}?",
            ),
        ),
    ),
    skills=("concentration", "multiplication", "division"),
    source="OpenStax Chemistry 2e, section 3.4 (other units for solution concentrations)",
    cases=(
        Case(
            {"the": "the saline infusion", "solute": "sodium chloride"},
            ranges={"b": (4, 30), "V": (0.1, 3)},
        ),
        Case({"the": "the syrup", "solute": "glucose"}, ranges={"b": (20, 200)}),
        Case({"the": "the cleaning solution", "solute": "ethanol"}, ranges={"b": (20, 200)}),
    ),
    extras=(Extra("{the} was made {value} days ago", "", 2, 30),),
    setting=("{solute} is dissolved evenly in {the}",),
)

BEER_LAMBERT = Relation(
    name="beer-lambert",
    title="the Beer-Lambert law",
    domain="chemistry",
    field_="solutions",
    equation="A = e*c*d",
    quantities=(
        Quantity(
            "e",
            "L/(mol*cm)",
            5,
            100000,
            ask=(),
            symbol=r"\varepsilon",
            meaning="molar absorptivity of {solute}",
            given=("the molar absorptivity of {solute} at the wavelength used is {value}",),
            noun=("the molar absorptivity of {solute}",),
        ),
        Quantity(
            "c",
            "mmol/L",
            0.001,
            100,
            meaning="concentration of {solute}",
            given=(
                "the concentration of {solute} in {the} is {value}",
                "the concentration of {solute} in {the} is found to be {value}",
            ),
            noun=("the concentration of {solute} in {the}",),
            ask=(
                "What is the concentration of {solute} in {the}?",
                "How high is the concentration of {solute} in {the}?",
            ),
        ),
        Quantity(
            "d",
            "cm",
            0.1,
            10,
            meaning="path length",
            given=(
                "the light travels {value} through {the}",
                "the path length in {the} is {value}",
            ),
            noun=("the path length in {the}",),
            link=("the path of the light through {the} is as long as {source}",),
            ask=(
                "How long is the path of the light through {the}?",
                "What is the path length in {the}?",
            ),
        ),
        Quantity(
            "A",
            "",
            0.05,
            2.5,
            meaning="absorbance",
            given=(
                "the absorbance of {the} is {value}",
                "the absorbance of {the} is found to be {value}",
            ),
            noun=("the absorbance of {the}",),
            ask=("What is the absorbance of {the}?", "How large is the absorbance of {the}?"),
        ),
    ),
    skills=("spectroscopy", "concentration", "multiplication"),
    source="Atkins, Physical Chemistry, section on the Beer-Lambert law",
    # Molar absorptivities: permanganate at 525 nm, NADH at 340 nm, copper sulfate at 810 nm.
    cases=(
        Case({"the": "the cuvette", "solute": "potassium permanganate"}, fixed={"e": "2400"}),
        Case({"the": "the flow cell", "solute": "NADH"}, fixed={"e": "6220"}),
        Case({"the": "the sample tube", "solute": "copper sulfate"}, fixed={"e": "12.0"}),
    ),
    extras=(Extra("the lamp of the photometer stands {value} from {the}", "cm", 5, 30),),
    setting=(
        "a photometer shines light through {the}, which is filled with a solution of {solute}",
    ),
)

RELATIONS = Family(__doc__, MOLARITY, DILUTION, MASS_CONCENTRATION, BEER_LAMBERT)
