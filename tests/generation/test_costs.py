"""Counting tokens and dollars, and stopping in time."""

import json

import pytest

from sample_engineering.errors import BudgetError, ConfigError
from sample_engineering.generation import Sampling
from sample_engineering.generation.costs import Price, read_prices
from sample_engineering.generation.openai_generator import OpenAIGenerator

from .local_server import ScriptedServer, chat_answer

PRICES = {"m": Price(input=1.0, output=10.0)}
PROMPTS = [[{"role": "user", "content": f"question {number}"}] for number in range(40)]


def wordy(_body):
    return 200, chat_answer(["word " * 50], tokens=50), {}


def test_costs_follow_the_price_table():
    with ScriptedServer(wordy) as server:
        generator = OpenAIGenerator(server.url, "m", prices=PRICES)
        generator.generate(PROMPTS[:4], Sampling(max_tokens=100))
    assert generator.usage.prompt_tokens == 40
    assert generator.usage.completion_tokens == 200
    assert generator.usage.cost == pytest.approx((40 * 1 + 200 * 10) / 1e6)
    assert "$0.0020" in str(generator.usage)


def test_the_price_of_another_model_is_not_taken():
    generator = OpenAIGenerator("http://127.0.0.1:9", "unpriced", prices=PRICES)
    assert generator.usage.cost is None


@pytest.mark.parametrize("concurrency", [1, 8])
def test_max_cost_is_never_overrun(concurrency):
    # One request costs 0.00051 and at worst 0.001: after 0.01 dollars no worst case fits.
    with ScriptedServer(wordy) as server:
        generator = OpenAIGenerator(
            server.url, "m", prices=PRICES, max_cost=0.01, concurrency=concurrency
        )
        with pytest.raises(BudgetError, match="raise `max_cost`"):
            generator.generate(PROMPTS, Sampling(max_tokens=100))
    assert 0.008 < generator.usage.cost <= 0.01
    assert sum(server.asked.values()) == generator.usage.requests == 18


def test_max_cost_without_a_price_is_an_error():
    with pytest.raises(ConfigError, match=r"`max_cost` needs .*`prices`"):
        OpenAIGenerator("http://127.0.0.1:9", "m", max_cost=1.0)


def test_a_budget_that_ran_out_can_be_raised_and_the_cache_pays_the_rest(tmp_path):
    with ScriptedServer(wordy) as server:
        options = {"prices": PRICES, "cache": tmp_path / "c", "concurrency": 4}
        poor = OpenAIGenerator(server.url, "m", max_cost=0.01, **options)
        with pytest.raises(BudgetError):
            poor.generate(PROMPTS, Sampling(max_tokens=100))
        rich = OpenAIGenerator(server.url, "m", max_cost=1.0, **options)
        rich.generate(PROMPTS, Sampling(max_tokens=100))
    assert rich.usage.cached == poor.usage.requests
    assert max(server.asked.values()) == 1


def test_a_price_table_is_read_from_a_file(tmp_path):
    path = tmp_path / "prices.json"
    path.write_text(json.dumps({"m": {"input": 0.15, "output": 0.6}}))
    assert read_prices(path) == {"m": Price(0.15, 0.6)}


@pytest.mark.parametrize(
    "text", ["", "[]", '{"m": 3}', '{"m": {"input": 1}}', '{"m": {"input": -1, "output": "x"}}']
)
def test_a_bad_price_table_is_a_clear_error(tmp_path, text):
    path = tmp_path / "prices.json"
    path.write_text(text)
    with pytest.raises(ConfigError):
        read_prices(path)
