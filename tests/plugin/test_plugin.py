"""A stranger's package: each of its components is used as ours are, by command and by program."""

import json

import pytest

from sample_engineering.registry import KINDS

PACKAGE = ("se-example-plugin", "0.3.0")
NAMES = {
    "selector": "teacher_rating",
    "reward": "brief",
    "algorithm": "thrifty",
    "arm": "longest-problem",
    "benchmark": "sky",
    "engine": "parrot",
    "recipe": "sprint",
    "tagger": "keywords",
    "relation_family": "astronomy-orbits",
    "relations": "astronomy-moons",
    "answer_form": "last-line",
    "check": "trivial",
    "move": "successor",
    "format": "cards",
    "domain": "astronomy",
}
CANDIDATES = [
    {"id": "unrated", "problem": "What is 7 times 8?", "answer": "56"},
    {"id": "tea", "problem": "What percent of a litre is 250 mL?", "answer": "25", "rating": 0.4},
    {"id": "dull", "problem": "What is 1 plus 1?", "answer": "2", "rating": 0},
    {
        "id": "moon",
        "problem": "A satellite orbits the Earth in 97 min. How often in 485 min?",
        "answer": "5",
        "rating": 0.9,
    },
]


@pytest.fixture
def pool(tmp_path):
    path = tmp_path / "pool.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in CANDIDATES), encoding="utf-8")
    return path


def test_what_is_installed_is_listed_with_its_package(installed):
    record = json.loads(installed.se("components", "--format", "json"))
    assert record["conflicts"] == []
    assert set(NAMES) == set(KINDS)
    foreign = {e["kind"]: e for e in record["components"] if e["package"] == PACKAGE[0]}
    assert {kind: entry["name"] for kind, entry in foreign.items()} == NAMES
    for entry in foreign.values():
        assert entry["fault"] == ""
        assert entry["summary"]
        assert entry["version"] == PACKAGE[1]
    shown = installed.se("components", "selector")
    assert "teacher_rating How instructive a teacher finds the problem" in shown
    assert "(se-example-plugin 0.3.0)" in shown


@pytest.mark.parametrize(
    ("command", "kinds"),
    [
        ("rank", ["selector"]),
        ("probe", ["engine"]),
        ("evaluate", ["engine", "benchmark"]),
        ("validate", ["benchmark", "recipe", "algorithm", "arm"]),
        ("synthesize", ["engine", "tagger"]),
        ("grade", ["answer_form"]),
        ("audit", ["check", "engine"]),
    ],
)
def test_help_texts_name_it(installed, command, kinds):
    shown = installed.se(command, "--help").replace("│", " ")
    shown = "".join(shown.split())  # long lists wrap, within a name too
    for kind in kinds:
        assert NAMES[kind] in shown, kind


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["rank", "pool.jsonl", "--by", "teacher_ratin"], "did you mean 'teacher_rating'"),
        (["audit", "pool.jsonl", "--checks", "trivail"], "did you mean 'trivial'"),
        (["grade", "--gold", "1", "--form", "last-lin", "1"], "did you mean 'last-line'"),
        (["evaluate", "--benchmark", "skyy"], "did you mean 'sky'"),
        (["evaluate", "--model", "x", "--engine", "parot"], "did you mean 'parrot'"),
        (["validate", "--recipe", "sprnt"], "did you mean 'sprint'"),
        (["validate", "--algorithm", "thrify"], "did you mean 'thrifty'"),
        (["validate", "--controls", "longest-problm"], "did you mean 'longest-problem'"),
        (["validate", "--set", "reward=breif"], "did you mean 'brief'"),
        (["synthesize", "--domains", "astronom"], "did you mean 'astronomy'"),
    ],
)
def test_a_slip_of_the_pen_is_answered_with_its_name(installed, pool, arguments, told):
    assert told in installed.fails(*arguments)


def test_the_selector_brings_its_column_reason_gate_and_what_is_learnt(installed, pool):
    shown = installed.se("rank", pool)
    assert "score rating tier" in shown
    assert "rated 90% by a teacher" in shown
    record = json.loads(installed.se("rank", pool, "--format", "json"))
    places = {row["id"]: row for row in record["candidates"]}
    assert list(places) == ["moon", "tea", "unrated", "dull"]  # measured, by text, stopped
    assert places["moon"]["teacher_rating"] == 0.9
    assert places["moon"]["tier"] == "probed"
    assert places["unrated"]["tier"] == "text"
    assert places["dull"]["score"] is None
    only = json.loads(installed.se("rank", pool, "--by", "teacher_rating", "--format", "json"))
    assert [row["id"] for row in only["candidates"]][:2] == ["moon", "tea"]
    assert "rated 40%" in installed.se("rank", pool, "--explain", "tea")


def test_a_program_ranks_with_the_selector(installed, pool):
    told = installed.python(
        "import sample_engineering as se\n"
        f"ranking = se.rank({str(pool)!r})\n"
        "print([sample.id for sample in ranking], list(ranking.columns['teacher_rating']))\n"
    )
    assert told == "['moon', 'tea', 'unrated', 'dull'] [0.9, 0.4, None, 0.0]\n"


def test_the_domain_brings_skills_that_are_found_and_wanted(installed, pool):
    record = json.loads(
        installed.se("rank", pool, "--target", "astronomy", "--by", "cross_domain",
                     "--format", "json")
    )  # fmt: skip
    first = record["candidates"][0]
    assert first["id"] == "moon"
    assert first["coverage_astronomy"] > 0


def test_the_relation_becomes_problems_of_the_domain(installed):
    shown = installed.se("synthesize", "--domains", "astronomy,physics", "-n", 2)
    assert "weather satellite circles the Earth" in shown
    assert "astronomy, physics" in shown
    listed = installed.se("synthesize", "--list", "--domains", "astronomy")
    assert "satellite-speed v = 2*pi*r/T" in listed
    told = installed.python(
        "import sample_engineering as se\n"
        "(sample,) = se.synthesize('astronomy', n=1, steps=1)\n"
        "print(sample.domains, sample.skills)\n"
    )
    assert "astronomy" in told
    assert "orbits" in told


def test_the_benchmark_is_asked_through_the_engine(installed):
    arguments = ["--benchmark", "sky", "--engine", "parrot", "--model", "12", "-n", 2]
    record = json.loads(installed.se("evaluate", *arguments, "--format", "json"))
    rows = {row["name"]: row for row in record["summary"]}
    assert rows["astronomy"]["accuracy"] == 0.25
    told = installed.python(
        "import sample_engineering as se\n"
        "found = se.evaluate('12', benchmark='sky', engine='parrot', rollouts=2)\n"
        "print(found.summary()['accuracy'].iloc[-1])\n"
    )
    assert told == "0.25\n"


def test_the_engine_is_probed(installed, pool):
    installed.se("probe", pool, "--model", "56", "--engine", "parrot", "-n", 2, "-o", "p.jsonl")
    rows = [json.loads(line) for line in (installed.folder / "p.jsonl").open()]
    assert {row["id"]: row["correct"] for row in rows}["unrated"] == 2


def test_the_answer_form_is_graded_with(installed):
    assert "correct" in installed.se("grade", "--gold", "12", "--form", "last-line", "so\n12\n")
    told = installed.python(
        "import sample_engineering as se\n"
        "print(se.grade('first 3\\n12', '12', form='last-line').correct)\n"
    )
    assert told == "True\n"


def test_the_check_finds(installed, pool):
    assert "only 5 words" in installed.se("audit", pool, "--checks", "trivial")
    told = installed.python(
        "import sample_engineering as se\n"
        f"print([found.sample for found in se.audit({str(pool)!r}, checks='trivial')])\n"
    )
    assert told == "['unrated', 'dull']\n"


def test_the_tagger_names_skills(installed, pool):
    told = installed.python(
        "import sample_engineering as se\n"
        f"ranking = se.rank({str(pool)!r}, tagger='keywords', by='skill_salience')\n"
        "print([s.id for s, v in zip(ranking, ranking.columns['skill_salience']) if v])\n"
    )
    assert told == "['tea']\n"


def test_the_reward_the_arm_and_the_recipe_are_trained_with(installed):
    pytest.importorskip("trl")
    small = ["--per-domain", 1, "-n", 1, "--recipe", "sprint", "--seed", 0]
    small += ["--algorithm", "thrifty", "--set", "price=0.2"]
    shown = installed.se("validate", *small, "--controls", "longest-problem", "--out", "run")
    assert "longest-problem 1" in shown
    run = installed.folder / "run"
    config = json.loads((run / "config.json").read_text(encoding="utf-8"))
    assert config["recipe"]["reward"] == "brief"
    assert config["recipe"]["algorithm_options"] == {"price": 0.2}
    named = {(c["kind"], c["name"]): (c["package"], c["version"]) for c in config["components"]}
    assert named == {
        ("recipe", "sprint"): PACKAGE,
        ("reward", "brief"): PACKAGE,
        ("algorithm", "thrifty"): PACKAGE,
        ("arm", "longest-problem"): PACKAGE,
    }
    assert "longest-problem" in (run / "report.html").read_text(encoding="utf-8")
    assert (run / "eval" / "longest-problem.parquet").is_file()


def test_a_program_validates_with_them(installed):
    pytest.importorskip("trl")
    told = installed.python(
        "import sample_engineering as se\n"
        "result = se.validate(recipe='sprint', settings={'steps': 1}, controls='longest-problem',\n"
        "                     seeds=(0,), per_domain=1, rollouts=1, out='run', report=False)\n"
        "run = se.open_run(result.folder)\n"
        "print(sorted({arm for arm, seed, lines in run.training_runs}))\n"
    )
    assert told.endswith("['longest-problem', 'this sample']\n")


def test_the_format_is_converted_to(installed, pool, tmp_path):
    out = tmp_path / "cards.jsonl"
    installed.se("convert", str(pool), "-o", str(out), "--to", "cards")
    first = json.loads(out.read_text(encoding="utf-8").splitlines()[0])
    assert first == {"number": 0, "question": CANDIDATES[0]["problem"], "answer": "56"}


def test_its_move_makes_candidates(installed):
    told = installed.python(
        "from sample_engineering.polymath.moves import make\n"
        "from sample_engineering.sample import Sample\n"
        "made = make('successor', [Sample('a', 'What is 7 times 8?', '56')], 1, 0)\n"
        "print(made[0].id, made[0].answer)\n"
    )
    assert "successor-0 57" in told
