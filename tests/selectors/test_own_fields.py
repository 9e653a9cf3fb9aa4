"""Fields of a pool that are called like columns of the ranking survive it."""

import json

import pytest
from typer.testing import CliRunner

import sample_engineering as se
from sample_engineering.cli import app
from sample_engineering.errors import ConfigError
from sample_engineering.pool import read_pool
from sample_engineering.selectors import rank_pool

OWN = {"score": 0.7, "rank": 3, "tier": "gold", "reasons": "mine", "novelty": 0.2, "note": "x"}
ROWS = [
    {"id": str(n), "problem": f"How many divisors does {n} have?", "answer": "5", **OWN, "rank": n}
    for n in range(36, 39)
]


def test_they_are_kept_under_another_name_and_said():
    ranking = rank_pool(read_pool(ROWS))
    record = next(iter(ranking.records()))
    assert (record["pool_score"], record["pool_tier"], record["pool_reasons"]) == (
        *(0.7, "gold", "mine"),
    )
    assert (record["rank"], record["tier"], record["note"]) == (1, "text", "x")
    assert any("score as pool_score" in note for note in ranking.notes)
    assert "pool_novelty" in ranking.names
    assert list(ranking.to_pandas()["pool_rank"]) == [r["pool_rank"] for r in ranking.records()]


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
def test_a_ranked_file_ranked_again_piles_nothing_up(tmp_path, ending):
    first, second = (tmp_path / f"{name}.{ending}" for name in ("a", "b"))
    rank_pool(read_pool(ROWS)).write(first)
    rank_pool(read_pool(first)).write(second)
    assert second.read_bytes() == first.read_bytes()


def test_a_filter_may_name_them():
    ranking = rank_pool(read_pool(ROWS), where="pool_rank > 36 and tier = 'text'")
    assert len(ranking) == 2


def test_a_field_that_fills_its_column_needs_no_other_name():
    ranking = rank_pool(read_pool([{**row, "lim": 0.5} for row in ROWS]))
    assert "pool_lim" not in ranking.names
    assert ranking.columns["lim"] == [0.5] * 3


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        ("Qwen2.5-7B > .1", 1),
        ("Qwen2.5-7B > 0.4", 0),
        ("pass@8 = 0.5", 1),
        ("`my col` = 3", 1),
        ("info.difficulty.R1-1.5B > 2", 1),
        ("info.difficulty.R1-1.5B > 9", 0),
        ("meta.level = 'x'", 1),
    ],
)
def test_names_with_dots_and_spaces(where, kept):
    row = {
        **{"problem": "What is 2 + 3?", "answer": "5", "Qwen2.5-7B": 0.3, "my col": 3},
        **{"pass@8": 0.5, "info": {"difficulty": {"R1-1.5B": 7}}, "meta": '{"level": "x"}'},
    }
    assert len(rank_pool(read_pool([row]), where=where)) == kept


def test_tables_and_records_are_ranked_as_they_are():
    import pandas

    for pool in (pandas.DataFrame(ROWS), ROWS, [*read_pool(ROWS)], iter(ROWS)):
        assert len(se.rank(pool)) == 3
    renamed = [{"Frage": row["problem"], "meta": {"gold": "5"}} for row in ROWS]
    mapping = {"problem": "Frage", "answer": "meta.gold"}
    assert se.rank(renamed, mapping=mapping).best.answer == "5"
    with pytest.raises(ConfigError, match="samples have no columns"):
        se.rank(read_pool(ROWS), mapping=mapping)


def test_the_command_takes_several_files_and_a_mapping(tmp_path):
    for n, row in enumerate(ROWS):
        renamed = {"Frage": row["problem"], "Antwort": "5"}
        (tmp_path / f"{n}.jsonl").write_text(json.dumps(renamed) + "\n")
    files = [str(tmp_path / f"{n}.jsonl") for n in range(3)]
    options = ["--map", "problem=Frage", "--map", "answer=Antwort", "--format", "json"]
    for source in (files, [str(tmp_path)], [str(tmp_path / "*.jsonl")]):
        run = CliRunner().invoke(app, ["rank", *source, *options])
        assert run.exit_code == 0, run.output
        assert json.loads(run.stdout)["total"] == 3
    for wrong in ("problem", "=x", "problem="):
        run = CliRunner().invoke(app, ["rank", *files, "--map", wrong])
        assert "--map takes ROLE=COLUMN" in str(run.exception)
