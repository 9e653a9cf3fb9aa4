"""Physics: optics."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

SNELL = Relation(
    name="refraction",
    title="Snell's law, with the index of air taken as 1",
    domain="physics",
    field_="optics",
    equation="sin(alpha) = n*sin(beta)",
    quantities=(
        Quantity(
            "alpha",
            "degree",
            10,
            80,
            symbol=r"\alpha",
            meaning="angle",
            given=("the ray strikes {the} at {value} to the normal",),
            noun=("the angle of incidence on {the}",),
            ask=("At what angle to the normal does the ray strike {the}?",),
        ),
        Quantity(
            "n",
            "",
            1.2,
            2.5,
            ask=(),
            given=("{stuff} has a refractive index of {value}",),
            noun=("the refractive index of {stuff}",),
        ),
        Quantity(
            "beta",
            "degree",
            5,
            48,
            symbol=r"\beta",
            meaning="angle",
            given=("inside {the} the ray runs at {value} to the normal",),
            noun=("the angle of refraction in {the}",),
            ask=("At what angle to the normal does the ray run inside {the}?",),
        ),
    ),
    skills=("refraction", "trigonometric_function", "inverse_function"),
    source="OpenStax University Physics 3, section 1.3 (refraction)",
    # Refractive indices for yellow light: CRC Handbook of Chemistry and Physics.
    cases=(
        Case({"the": "the pond", "stuff": "water"}, fixed={"n": "1.33"}),
        Case({"the": "the glass block", "stuff": "crown glass"}, fixed={"n": "1.52"}),
        Case(
            {"the": "the diamond", "stuff": "diamond"},
            fixed={"n": "2.42"},
            ranges={"beta": (5, 23)},
        ),
    ),
    setting=("a ray of yellow light enters {the} from the air",),
)

LENS = Relation(
    name="thin-lens",
    title="the lens equation",
    domain="physics",
    field_="optics",
    equation="1/f = 1/g_0 + 1/b",
    quantities=(
        Quantity(
            "f",
            "cm",
            1,
            60,
            meaning="length",
            noun=("the focal length of {the}",),
        ),
        Quantity(
            "g_0",
            "cm",
            2,
            2000,
            meaning="length",
            symbol="a",
            units=("m",),
            given=("the object is {value} in front of {the}",),
            noun=("the distance of the object from {the}",),
            ask=("How far in front of {the} is the object?",),
        ),
        Quantity(
            "b",
            "cm",
            1,
            2000,
            meaning="length",
            given=("the sharp image appears {value} behind {the}",),
            noun=("the distance of the sharp image from {the}",),
            ask=("How far behind {the} does the sharp image appear?",),
        ),
    ),
    skills=("lens_and_mirror", "fractions", "rational_expression"),
    source="OpenStax University Physics 3, section 2.4 (thin lenses)",
    require=("g_0 > f", "b > f"),
    cases=(
        Case(
            {"a": "a magnifying glass", "the": "the magnifying glass"},
            ranges={"f": (5, 25), "g_0": (6, 300), "b": (6, 300)},
        ),
        Case(
            {"a": "a projector lens", "the": "the lens"},
            ranges={"f": (5, 30), "g_0": (6, 40), "b": (50, 900)},
        ),
    ),
    extras=(Extra("{the} has a mass of {value}", "g", 20, 200),),
    setting=("{a}, which may be treated as thin, casts a real image on a screen",),
)

SLITS = Relation(
    name="double-slit",
    title="neighbouring bright fringes lie wavelength times distance over slit spacing apart",
    domain="physics",
    field_="optics",
    equation="y = lam*D/d",
    quantities=(
        Quantity(
            "lam",
            "nm",
            380,
            780,
            meaning="wavelength",
            symbol=r"\lambda",
            given=("the light of {the} has a wavelength of {value}",),
            noun=("the wavelength of the light of {the}",),
        ),
        Quantity(
            "D",
            "m",
            0.5,
            12,
            meaning="length",
            given=("the screen is {value} behind the slits",),
            noun=("the distance from the slits to the screen",),
            ask=("How far behind the slits is the screen?",),
        ),
        Quantity(
            "d",
            "mm",
            0.05,
            1.5,
            digits=2,
            given=("the two slits are {value} apart, measured between their centres",),
            noun=("the distance between the two slits",),
            ask=("How far apart are the two slits?",),
        ),
        Quantity(
            "y",
            "mm",
            0.5,
            100,
            meaning="length",
            given=("neighbouring bright fringes on the screen are {value} apart",),
            noun=("the distance between neighbouring bright fringes",),
            ask=("How far apart are neighbouring bright fringes on the screen?",),
        ),
    ),
    skills=("interference", "direct_and_inverse_variation"),
    source="OpenStax University Physics 3, section 3.2 (double-slit interference)",
    cases=(
        Case({"a": "a tunable laser", "the": "the tunable laser"}),
        Case({"a": "a sodium lamp", "the": "the sodium lamp"}, fixed={"lam": "589"}),
    ),
    extras=(Extra("{the} has a mass of {value}", "g", 20, 400),),
    setting=("the light of {a} falls on two narrow slits",),
)

RELATIONS = Family(__doc__, SNELL, LENS, SLITS)
