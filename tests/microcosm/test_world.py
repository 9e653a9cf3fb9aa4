"""Documents, pool and benchmark of the microcosm."""

import itertools
import json
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
from typer.testing import CliRunner

from sample_engineering.cli import app
from sample_engineering.errors import ConfigError
from sample_engineering.grading import grade
from sample_engineering.microcosm import benchmark, natural_pool, world_info
from sample_engineering.microcosm.authors import SHARES
from sample_engineering.microcosm.world import authored_documents, textbook_documents
from sample_engineering.pool import read_pool
from sample_engineering.synthesis.compact import compact_domains, templates


def test_importing_the_world_needs_no_torch() -> None:
    code = (
        "import sys; from sample_engineering import microcosm; microcosm.benchmark(n_per_domain=2);"
        "import sample_engineering.commands.microcosm;"
        "sys.exit(bool({'torch', 'transformers', 'sympy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_benchmark_is_even_and_apart_from_the_pool() -> None:
    items = benchmark(n_per_domain=8)
    assert Counter(item.domains for item in items) == {(name,): 8 for name in compact_domains()}
    assert Counter(item.extra["split"] for item in items) == {"seen": 28, "unseen": 28}
    assert len({item.problem for item in items}) == len(items) == len({item.id for item in items})
    assert not {item.problem for item in items} & {item.problem for item in natural_pool()}


def test_unseen_items_are_from_held_out_templates_or_numbers() -> None:
    held_out = {item.name for item in templates() if item.held_out}
    items = benchmark(split="unseen", n_per_domain=6)
    for item in items:
        assert (item.extra["template"] in held_out) == (item.extra["held_out"] == "template")
    assert Counter(item.extra["held_out"] for item in items) == {"template": 21, "numbers": 21}
    for item in benchmark(split="seen", n_per_domain=6):
        assert item.extra["template"] not in held_out


def test_same_seed_same_items() -> None:
    assert benchmark(n_per_domain=3, seed=4) == benchmark(n_per_domain=3, seed=4)
    assert benchmark(n_per_domain=3, seed=4) != benchmark(n_per_domain=3, seed=5)
    assert natural_pool() == natural_pool()


def test_unknown_split_is_refused() -> None:
    with pytest.raises(ConfigError, match="seen, unseen"):
        benchmark(split="hidden")


def test_pool_has_a_sample_of_every_shown_template_and_its_solution_is_right() -> None:
    pool = natural_pool()
    assert len(pool) == sum(not item.held_out for item in templates()) >= 24
    assert all(grade(sample.solution, sample.answer).correct for sample in pool)


def test_authors_are_as_mixed_as_the_recipe_says() -> None:
    rng = np.random.default_rng(0)
    solutions = [text for _, text in itertools.islice(authored_documents(rng), 2000)]
    guesses = sum("=" not in text for text in solutions) / len(solutions)
    openers = sum(text.startswith("step by step") for text in solutions) / len(solutions)
    boxed = sum("\\boxed" in text for text in solutions) / len(solutions)
    assert guesses == pytest.approx(SHARES[2], abs=0.03)
    assert openers == pytest.approx(SHARES[0] * 0.25, abs=0.03)
    assert 0.7 < boxed < 0.9


def test_textbooks_are_always_right() -> None:
    documents = itertools.islice(textbook_documents(np.random.default_rng(0)), 200)
    for problem, solution in documents:
        last = solution.rpartition("; ")[2].rpartition(". ")[0]
        assert solution.endswith(f"\\boxed{{{last.rpartition(' = ')[2]}}}")
        assert problem.endswith(".")


def _se(*arguments):
    result = CliRunner().invoke(app, ["microcosm", *map(str, arguments)])
    assert result.exit_code == 0, result.exception
    return result.output


def test_the_command_writes_what_the_api_returns(tmp_path) -> None:
    lines = "".join(
        json.dumps(item.to_dict(), ensure_ascii=False) + "\n" for item in benchmark(split="seen")
    )
    assert _se("benchmark", "--split", "seen") == lines
    _se("benchmark", "--split", "seen", "-o", tmp_path / "items.jsonl")
    assert (tmp_path / "items.jsonl").read_text() == lines
    _se("pool", "--seed", 3, "-o", tmp_path / "pool.parquet")
    assert [item.id for item in read_pool(tmp_path / "pool.parquet")] == [
        item.id for item in natural_pool(seed=3)
    ]


def test_the_command_tells_what_the_world_holds() -> None:
    info = world_info()
    assert _se("info") == f"{info}\n"
    assert info.shown + info.held_out == len(templates())
    assert set(info.domains) == {item.domains[0] for item in natural_pool()}
