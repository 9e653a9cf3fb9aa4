"""A pool mixed by ratio, from the command line and from a program."""

import json
from collections import Counter

import pytest
from typer.testing import CliRunner

import sample_engineering as se
from sample_engineering.cli import app
from sample_engineering.errors import ConfigError
from sample_engineering.sample import Sample


def _pool(**numbers):
    return [
        Sample(f"{domain}-{i}", f"What is {i} + 1 in {domain}?", str(i + 1), domains=(domain,))
        for domain, n in numbers.items()
        for i in range(n)
    ]


def _domains(found):
    return Counter(sample.domains[0] for sample in found)


def test_a_blend_has_the_ratio_and_as_many_as_there_are():
    found = se.blend(_pool(math=50, physics=10, biology=9), ratio="math=2,physics=1")
    assert _domains(found) == {"math": 21, "physics": 10}
    assert found.left_out == {"of no domain that the ratio names": 9}
    assert len({sample.id for sample in found}) == len(found)


def test_a_short_part_is_told_and_not_filled_up():
    found = se.blend(_pool(math=50, physics=3), ratio={"math": 2, "physics": 1}, n=30)
    assert _domains(found) == {"math": 20, "physics": 3}
    assert found.short == 7
    assert "short of 7" in found.notes[0]


def test_without_a_ratio_parts_stay_as_they_are():
    found = se.blend(_pool(math=40, physics=20), n=30)
    assert _domains(found) == {"math": 20, "physics": 10}
    assert len(se.blend(_pool(math=40, physics=20))) == 60


def test_the_same_seed_draws_the_same_and_another_one_others():
    pool = _pool(math=60, physics=30)
    first, again, other = (se.blend(pool, n=20, seed=seed) for seed in (1, 1, 2))
    assert first.samples == again.samples
    assert first.samples != other.samples
    assert (
        se.blend(pool, form="choice", seed=3).samples
        == se.blend(pool, form="choice", seed=3).samples
    )


def test_a_subject_among_the_fields_names_the_domain():
    pool = [one.with_(domains=(), extra={"subject": "college_physics"}) for one in _pool(x=4)]
    assert se.blend([*pool, *_pool(math=4)], ratio="physics=1,math=1").parts[0].drawn == 4


def test_of_two_forms_each_can_be_a_part():
    open_ones = _pool(math=12)
    pool = [*open_ones, *se.blend(_pool(physics=12), form="choice")]
    found = se.blend(pool, by="form", ratio="choice=1,open=2")
    assert Counter(bool(sample.choices) for sample in found) == {False: 12, True: 6}


def test_right_options_stand_in_each_place_alike_often():
    found = se.blend(_pool(math=40, physics=40), form="choice")
    assert Counter(sample.answer for sample in found) == dict.fromkeys("ABCD", 20)
    assert found.remade == 80
    assert se.audit(list(found), checks="positions").findings == ()


@pytest.mark.parametrize(
    ("options", "named"),
    [({"ratio": "colours=1"}, "ratio"), ({"by": "colour"}, "by"), ({"form": "oral"}, "form"),
     ({"options": 3}, "options"), ({"form": "choice", "options": 1}, "options"), ({"n": 0}, "n"),
     ({"form": "open", "by": "form"}, "by"), ({"max_words": 0}, "max_words")],
)  # fmt: skip
def test_what_cannot_be_or_would_be_ignored_is_refused(options, named):
    with pytest.raises(ConfigError, match=f"`{named}`"):
        se.blend(_pool(math=3), **options)


def test_the_command_writes_what_it_says(tmp_path):
    se.save_pool(_pool(math=9, physics=9), tmp_path / "pool.jsonl")
    out = tmp_path / "blend.jsonl"
    pool = str(tmp_path / "pool.jsonl")
    line = ["blend", pool, "--ratio", "math=2,physics=1", "--form", "choice", "-o", str(out)]
    told = CliRunner().invoke(app, line)
    assert told.exit_code == 0
    assert "14 samples of 18, 18 brought into the other form." in told.output
    record = json.loads(CliRunner().invoke(app, [*line, "--format", "json"]).stdout)
    assert [part["drawn"] for part in record["parts"]] == [9, 5]
    written = se.load_pool(out)
    assert len(written) == record["samples"]
    assert all(len(one.choices) == 4 for one in written)


def test_an_empty_blend_writes_nothing(tmp_path):
    out = tmp_path / "none.jsonl"
    with pytest.raises(ConfigError, match="no sample is left"):
        se.blend([Sample("a", "Write an essay.", "word " * 40, kind="text")], out)
    assert not out.exists()
