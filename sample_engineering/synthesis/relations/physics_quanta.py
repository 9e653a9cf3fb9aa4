"""Physics: photons, matter waves and decay."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

PHOTON = Relation(
    name="photon-energy",
    title="the energy of a photon is Planck's constant times the speed of light over wavelength",
    domain="physics",
    field_="modern physics",
    equation="E = h_planck*c_light/lam",
    quantities=(
        Quantity(
            "lam",
            "nm",
            100,
            2000,
            meaning="wavelength",
            symbol=r"\lambda",
            given=("the light of {the} has a wavelength of {value}",),
            noun=("the wavelength of the light of {the}",),
        ),
        Quantity(
            "E",
            "eV",
            0.6,
            12.5,
            meaning="photon energy",
            units=("J",),
            given=("each photon from {the} carries {value}",),
            noun=("the energy of a photon from {the}",),
            ask=("How much energy does each photon from {the} carry?",),
        ),
    ),
    skills=("photon_energy", "scientific_notation"),
    source="OpenStax University Physics 3, section 6.2 (photoelectric effect)",
    cases=(
        Case({"a": "a laser diode", "the": "the laser diode"}, ranges={"lam": (400, 1600)}),
        Case({"a": "a tunable laser", "the": "the tunable laser"}, ranges={"lam": (200, 700)}),
    ),
    extras=(Extra("{the} has a mass of {value}", "g", 5, 400),),
    setting=("{a} gives off light of a single wavelength",),
)

PHOTON_COUNT = Relation(
    name="photon-count",
    title="the number of photons is the total energy over the energy of one photon",
    domain="physics",
    field_="modern physics",
    equation="N = E*lam/(h_planck*c_light)",
    quantities=(
        Quantity(
            "E",
            "J",
            1e-9,
            5000,
            meaning="energy",
            units=("mJ", "kJ"),
            given=("{the} sends out {value} of light in all",),
            noun=("the light energy that {the} sends out",),
            ask=("How much light energy does {the} send out?",),
        ),
        Quantity(
            "lam",
            "nm",
            200,
            1600,
            meaning="wavelength",
            symbol=r"\lambda",
            noun=("the wavelength of the light from {the}",),
        ),
        Quantity(
            "N",
            "",
            1e9,
            1e23,
            meaning="count of photons",
            given=("{the} sends out {value} photons in all",),
            noun=("the number of photons that {the} sends out",),
            ask=("How many photons does {the} send out?",),
        ),
    ),
    skills=("photon_energy", "scientific_notation", "division"),
    source="OpenStax University Physics 3, section 6.2 (photons)",
    cases=(
        Case(
            {"a": "a pulsed laser", "the": "the pulsed laser"},
            ranges={"E": (1e-6, 50), "lam": (250, 1600)},
        ),
        Case(
            {"a": "a signal lamp", "the": "the signal lamp"},
            ranges={"E": (0.1, 5000), "lam": (400, 700)},
        ),
    ),
    extras=(Extra("{the} has a mass of {value}", "g", 50, 400),),
    setting=("{a} sends out light of a single wavelength",),
)

PHOTOEFFECT = Relation(
    name="photoelectric-effect",
    title="an electron leaves with the photon's energy less the work function",
    domain="physics",
    field_="modern physics",
    equation="K = E - W",
    quantities=(
        Quantity(
            "E",
            "eV",
            2.3,
            12.5,
            meaning="photon energy",
            given=("each photon that strikes {the} has an energy of {value}",),
            noun=("the energy of each photon that strikes {the}",),
        ),
        Quantity(
            "W",
            "eV",
            2,
            6,
            ask=(),
            noun=("the work function of {stuff}",),
        ),
        Quantity(
            "K",
            "eV",
            0.05,
            9,
            meaning="electron energy",
            given=("the fastest electrons leave {the} with {value}",),
            noun=("the kinetic energy of the fastest electrons from {the}",),
            ask=("With what kinetic energy do the fastest electrons leave {the}?",),
        ),
    ),
    skills=("photon_energy", "energy_conservation", "subtraction"),
    source="OpenStax University Physics 3, section 6.2 (photoelectric effect)",
    # Work functions: OpenStax University Physics 3, table 6.1.
    cases=(
        Case(
            {"a": "a sodium plate", "the": "the sodium plate", "stuff": "sodium"},
            fixed={"W": "2.46"},
        ),
        Case({"a": "a lead plate", "the": "the lead plate", "stuff": "lead"}, fixed={"W": "4.14"}),
        Case(
            {"a": "a silver plate", "the": "the silver plate", "stuff": "silver"},
            fixed={"W": "4.73"},
        ),
    ),
    extras=(Extra("{the} is {value} thick", "mm", 1, 5),),
    setting=("light of a single wavelength falls on {a} in a vacuum",),
)

DE_BROGLIE = Relation(
    name="de-broglie",
    title="the wavelength of a particle is Planck's constant over its momentum",
    domain="physics",
    field_="modern physics",
    equation="lam = h_planck/(m*v)",
    quantities=(
        Quantity(
            "m",
            "kg",
            1e-31,
            1e-24,
            ask=(),
            noun=("the mass of {the}",),
        ),
        Quantity(
            "v",
            "m/s",
            100,
            2e7,
            meaning="particle speed",
            units=("km/s",),
            given=("{the} moves at a speed of {value}",),
            noun=("the speed of {the}",),
        ),
        Quantity(
            "lam",
            "nm",
            0.0001,
            100,
            meaning="wavelength",
            symbol=r"\lambda",
            units=("pm",),
            noun=("the de Broglie wavelength of {the}",),
        ),
    ),
    skills=("quantum_states", "scientific_notation"),
    source="OpenStax University Physics 3, section 6.5 (de Broglie waves)",
    # Masses: CODATA 2022.
    cases=(
        Case(
            {"a": "a free electron", "the": "the electron"},
            fixed={"m": "9.109e-31"},
            ranges={"v": (1e4, 1e7)},
        ),
        Case(
            {"a": "a slow neutron", "the": "the neutron"},
            fixed={"m": "1.675e-27"},
            ranges={"v": (200, 20000)},
        ),
    ),
    setting=("{a} moves far more slowly than light",),
)

HALF_LIFE = Relation(
    name="radioactive-decay",
    title="after each half-life, half of the nuclei are left",
    domain="physics",
    field_="modern physics",
    equation="A = A0*2**(-t/T)",
    quantities=(
        Quantity(
            "A0",
            "MBq",
            0.05,
            20000,
            symbol="A_0",
            meaning="activity",
            units=("GBq", "kBq"),
            given=("{the} has an activity of {value} at first",),
            noun=("the first activity of {the}",),
            ask=("What was the activity of {the} at first?",),
        ),
        Quantity(
            "T",
            "h",
            0.02,
            100000,
            ask=(),
            noun=("the half-life of {nuclide}",),
        ),
        Quantity(
            "t",
            "h",
            0.02,
            200000,
            meaning="duration",
            units=("min", "day"),
            given=("{the} is stored for {value}",),
            noun=("the time for which {the} is stored",),
            link=("{the} is stored for exactly {source}",),
            ask=("For how long was {the} stored?",),
        ),
        Quantity(
            "A",
            "MBq",
            0.01,
            20000,
            meaning="activity",
            units=("GBq", "kBq"),
            given=("the activity of {the} has then fallen to {value}",),
            noun=("the activity of {the} after storage",),
            ask=("To what value does the activity of {the} fall?",),
        ),
    ),
    skills=("nuclear_decay", "exponential_change", "logarithm"),
    source="OpenStax University Physics 3, section 10.3 (radioactive decay)",
    # Half-lives: IAEA Nuclear Data Section, rounded.
    cases=(
        Case(
            {
                "a": "a dose of fluorine-18",
                "the": "the dose of fluorine-18",
                "nuclide": "fluorine-18",
            },
            fixed={"T": "1.83"},
            ranges={"t": (0.3, 12)},
        ),
        Case(
            {
                "a": "a dose of technetium-99m",
                "the": "the dose of technetium-99m",
                "nuclide": "technetium-99m",
            },
            fixed={"T": "6.01"},
            ranges={"t": (1, 40)},
        ),
        Case(
            {"a": "a vial of iodine-131", "the": "the vial of iodine-131", "nuclide": "iodine-131"},
            fixed={"T": "193"},
            ranges={"t": (20, 1200)},
        ),
    ),
    extras=(Extra("{the} has a mass of {value}", "g", 2, 40),),
    setting=("{a} is kept in a shielded box",),
)

RELATIONS = Family(__doc__, PHOTON, PHOTON_COUNT, PHOTOEFFECT, DE_BROGLIE, HALF_LIFE)
