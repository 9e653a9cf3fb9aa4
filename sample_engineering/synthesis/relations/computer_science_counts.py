"""Computer science: packets, servers and check digits."""

from sample_engineering.synthesis.relation import Case, Family, Quantity, Relation

PACKETS = Relation(
    name="packets-needed",
    title="what does not fill a packet needs one all the same",
    domain="computer_science",
    field_="networks",
    equation="n = ceil(S/p)",
    quantities=(
        Quantity("S", "kB", 20, 5e5, ask=(), meaning="data size", units=("MB",),
                 given=("{the} holds {value}",), noun=("the size of {the}",),
                 link=("the size of {the} equals {source}",)),
        Quantity("p", "kB", 1, 50000, ask=(), units=("MB",),
                 given=("one {packet} carries at most {value} of {the}",),
                 noun=("the load of one {packet}",)),
        Quantity("n", "", 3, 99, whole=True, given=(), link=(),
                 noun=("the least number of {packet}s for {the}",),
                 ask=("What is the least number of {packet}s in which {the} can be sent?",)),
    ),
    skills=("architecture_and_networks", "division"),
    source="Tanenbaum, Computer Networks, chapter on fragmentation",
    cases=(
        Case({"the": "the sensor log", "packet": "radio packet"},
             ranges={"S": (20, 900), "p": (1, 60)}),
        Case({"the": "the film", "packet": "upload part"},
             ranges={"S": (50000, 500000), "p": (2000, 50000)}),
    ),
    setting=("{the} is sent in pieces of equal largest size",),
    symbolic=False,
)  # fmt: skip

SERVERS = Relation(
    name="servers-needed",
    title="the load is shared, and a part of a server is a whole one",
    domain="computer_science",
    field_="capacity planning",
    equation="n = ceil(N*c/(f*u))",
    quantities=(
        Quantity("N", "1/s", 50, 5e5, ask=(), symbol="N",
                 given=("requests reach {the} at a rate of {value} at the busiest hour",),
                 noun=("the rate of requests at {the}",)),
        Quantity("c", "", 1e4, 1e9, ask=(), meaning="count of instructions",
                 given=("each request to {the} takes {value} instructions",),
                 noun=("the number of instructions of a request to {the}",),
                 link=("the number of instructions of a request to {the} equals {source}",)),
        Quantity("f", "1/s", 1e9, 1e11, ask=(),
                 given=("a server of {the} carries out instructions at a rate of {value}",),
                 noun=("the instruction rate of a server of {the}",)),
        Quantity("u", "percent", 40, 90, ask=(), digits=2, step=5,
                 given=("no server of {the} may be busy for more than {value} of the time",),
                 noun=("the largest load of a server of {the}",)),
        Quantity("n", "", 3, 99, whole=True, given=(), link=(),
                 noun=("the least number of servers for {the}",),
                 ask=("What is the least number of servers that {the} needs?",)),
    ),
    skills=("architecture_and_networks", "rate"),
    source="Tanenbaum and van Steen, Distributed Systems, chapter on scalability",
    cases=(Case({"the": "the web shop"}), Case({"the": "the map service"})),
    setting=("the servers of {the} are alike",),
    symbolic=False,
)  # fmt: skip

CHECK_DIGIT = Relation(
    name="check-digit",
    title="the check digit makes the weighted sum divisible by ten",
    domain="computer_science",
    field_="codes",
    equation="d = mod(10 - mod(s, 10), 10)",
    also=("s = a + 3*b + c + 3*e",),
    inner=("s",),
    quantities=(
        Quantity("a", "", 0, 9, ask=(), whole=True, symbol="a_1"),
        Quantity("b", "", 0, 9, ask=(), whole=True, symbol="a_2"),
        Quantity("c", "", 0, 9, ask=(), whole=True, symbol="a_3"),
        Quantity("e", "", 0, 9, ask=(), whole=True, symbol="a_4"),
        Quantity("s", "", 1, 72, whole=True, noun=("the weighted sum",)),
        Quantity("d", "", 1, 9, whole=True, given=(), link=(),
                 noun=("the check digit",), ask=("What is the check digit?",)),
    ),
    skills=("modular_arithmetic", "digits"),
    source="GS1 General Specifications, section 7.9 (check digit calculations)",
    tell={
        "d": (
            "a code has the digits {a}, {b}, {c} and {e} in this order, the second and the fourth "
            "of which count three times, and a check digit behind them brings the sum of all to a "
            "multiple of ten",
        )
    },
    symbolic=False,
)  # fmt: skip

RELATIONS = Family(__doc__, PACKETS, SERVERS, CHECK_DIGIT)
