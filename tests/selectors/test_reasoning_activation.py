"""RAP's estimators, against plain torch and plain products, on small models that run."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sample_engineering as se
from sample_engineering.defaults import local_model
from sample_engineering.generation.asking import Protocol
from sample_engineering.grading import grade
from sample_engineering.sample import Sample
from sample_engineering.selectors import Evidence
from sample_engineering.selectors.attention_confidence import (
    Attended,
    overtrust,
    problem_spans,
    share_on,
)
from sample_engineering.selectors.causal_discrepancy import BothWays
from sample_engineering.selectors.declared import find_selectors
from sample_engineering.selectors.premises import masked, without_premises
from sample_engineering.selectors.weights import Weights
from tests.selectors.test_weights import ROWS, pool, scored, weights

torch = pytest.importorskip("torch")
__all__ = ["pool", "weights"]  # fixtures
_ONE_PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGA"
    "WjR9awAAAABJRU5ErkJggg=="
)


def _attention(model, row):
    """The last layer's attention, from its own projections."""
    with torch.no_grad():
        out = model(torch.tensor([row]), output_hidden_states=True)
        layer, config = model.model.layers[-1], model.config
        state = layer.input_layernorm(out.hidden_states[-2])
        n, heads, kept = len(row), config.num_attention_heads, config.num_key_value_heads
        size = config.hidden_size // heads
        q = layer.self_attn.q_proj(state).view(1, n, heads, size).transpose(1, 2)
        k = layer.self_attn.k_proj(state).view(1, n, kept, size).transpose(1, 2)
        cos, sin = model.model.rotary_emb(state, torch.arange(n)[None])
        turned = [x * cos[:, None] + _half(x) * sin[:, None] for x in (q, k)]
        scores = turned[0] @ turned[1].repeat_interleave(heads // kept, 1).transpose(-1, -2)
        seen = torch.ones(n, n).tril().bool()
        return (scores / math.sqrt(size)).masked_fill(~seen, -math.inf).softmax(-1)[0].mean(0)


def _half(x):
    half = x.shape[-1] // 2
    return torch.cat([-x[..., half:], x[..., :half]], dim=-1)


def test_attentions_are_those_of_the_last_layer(weights):
    found = {}
    before = weights.model.config._attn_implementation
    weights.attentions(ROWS, lambda place, attention: found.__setitem__(place, attention))
    for place, row in enumerate(ROWS):
        assert torch.allclose(found[place], _attention(weights.model, row), atol=1e-5)
        assert torch.allclose(found[place].sum(-1), torch.ones(len(row)), atol=1e-5)
    assert weights.model.config._attn_implementation == before


@given(st.integers(0, 30), st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_overtrust_is_the_root_of_the_greatest_product(n, least, seed):
    rows = np.tril(np.random.default_rng(seed).random((n, n)))
    products = [
        math.prod(rows[i, t] for i in range(t, n)) ** (1 / (n - t))
        for t in range(n)
        if n - t >= least
    ]
    found = overtrust(rows, least)
    assert (math.isnan(found) and not products) or found == pytest.approx(max(products))


def test_the_share_of_attention_is_its_mean_over_tokens():
    attention = np.array([[0.1, 0.3, 0.2], [0.2, 0.1, 0.1]])
    assert share_on(attention, 1, 2) == pytest.approx((0.3 / 0.6 + 0.1 / 0.4) / 2)
    assert math.isnan(share_on(attention, 0, 3))


@pytest.mark.parametrize(
    "template", ["plain", "boxed", "find it. {problem} the answer is", "text:{problem} find it."]
)
def test_the_problem_is_found_in_its_prompt(weights, pool, template):
    asked = Weights(weights.generator, Protocol(template=template, max_tokens=4))
    prompts = asked.prompts(pool)
    for sample, prompt, (begin, end) in zip(
        pool, prompts, problem_spans(asked, prompts), strict=True
    ):
        said = asked.tokenizer.decode(prompt[begin:end])
        # A token that the template has there too counts as the template's: a full stop, a space.
        assert said.strip() in sample.problem
        assert len(said.strip()) > len(sample.problem) - 12


def test_attention_confidence_reads_one_greedy_solution(weights, pool):
    asked = Weights(weights.generator, Protocol(template="boxed", max_tokens=12))
    found = scored("attention_confidence", asked, pool)
    sample = pool[1]
    prompt = asked.prompts([sample])[0]
    text = asked.generator.generate([asked.asked(sample)], asked.protocol.sampling(greedy=True))
    row = [*prompt, *asked.tokens(text[0][0].text)]
    attention = _attention(asked.model, row).numpy()[len(prompt) :]
    begin, end = problem_spans(asked, [prompt])[0]
    on_prompt = attention[:, : len(prompt)]
    expected = (on_prompt[:, begin:end].sum(1) / on_prompt.sum(1)).mean()
    assert found.values[1] == pytest.approx(expected, abs=1e-4)
    told = found.columns["attention_overtrust"][1]
    assert told == pytest.approx(overtrust(attention[:, len(prompt) :]), abs=1e-4)


def test_causal_discrepancy_is_the_difference_of_two_pass_rates():
    from sample_engineering.generation.transformers_engine import TransformersEngine

    generator = TransformersEngine().open(str(local_model(None)))
    weights = Weights(generator, Protocol(template="plain", max_tokens=60))
    some = [one for one in se.example_pool() if one.id.startswith(("physics", "math"))][:3]
    found = scored("causal_discrepancy", weights, some, {"rollouts": 4}, seed=3)
    rates = []
    for problems in (some, [masked(one) for one in some]):
        told = generator.generate(
            [one.problem for one in problems], weights.protocol.sampling(4, 3)
        )
        rates.append([
            sum(bool(grade(c.text, one.answer)) for c in completions) / 4
            for one, completions in zip(some, told, strict=True)
        ])  # fmt: skip
    assert found.values == pytest.approx(np.subtract(*rates))
    assert list(found.columns["given_pass_rate"]) == rates[0]
    assert sum(rates[0]) > sum(rates[1])  # it is right more often than from the question alone


QUESTIONS = ("How fast is it?", "Find the speed of it.", "What is asked for in m/s?", "find it.")
PREMISES = st.lists(
    st.sampled_from(
        ["A cart covers 12 m.", "it needs 3.5 s.", "Let $x = 4$.", "The rest, 7 kg, stays!",
         "a tank holds 9 l.",
         "J. Smith pulls with 97 N."]
    ), min_size=1, max_size=4,
)  # fmt: skip


@given(
    PREMISES, st.sampled_from(QUESTIONS), st.sampled_from([" ", "\n", "\n\n", "  "]), st.booleans()
)
def test_the_question_stays_and_its_premises_go(premises, question, between, instructed):
    told = [question, "Give your answer in m/s."] if instructed else [question]
    left = without_premises(between.join([*premises, *told]))
    assert left == " ".join(told)
    assert not any(premise in left for premise in premises)


@pytest.mark.parametrize(
    ("problem", "left"),
    [("What is 7 times 8?", "What is ... times ...?"), ("Is it raining?", None),
     ("Compute 12 + 3.5.", "Compute ... + ...."), ("", None),
     ("It is 4 m. How far?\n\nA. 4 m\nB. 5 m", "How far? A. 4 m\nB. 5 m")],
)  # fmt: skip
def test_without_premises_the_numbers_are_hidden(problem, left):
    assert without_premises(problem) == left


def test_of_a_problem_with_images_these_are_left_out():
    sample = Sample("i", "<image> How many dots are there in 2 rows?", "3", images=(_ONE_PIXEL,))
    without = masked(sample)
    assert without is not None
    assert without.images == ()
    assert without.problem == "How many dots are there in 2 rows?"


def test_a_model_of_texts_is_not_asked_about_images(weights):
    some = [Sample("i", "What is it? <image>", "3", images=(_ONE_PIXEL,))]
    for name in ("causal_discrepancy", "attention_confidence", "reasoning_activation"):
        assert np.isnan(scored(name, weights, some).values).all()


def _chosen(given, hidden, trust, **settings):
    some = [Sample(f"s{i}", "p", "1") for i in range(len(given))]
    evidence = Evidence(some, seed=settings.pop("seed", 0))
    evidence.once(
        "both ways 5", lambda: BothWays(5, np.array(given, float), np.array(hidden, float))
    )
    share = np.full(len(given), np.nan)
    evidence.once("attended", lambda: Attended(share, np.array(trust, float)))
    selector = find_selectors({"reasoning_activation": settings} if settings else None)
    return selector["reasoning_activation"].score(evidence)


def test_cognitive_samples_are_chosen_and_easy_ones_give_way_to_hard_ones():
    nan = np.nan
    given = [5, 4, 3, 1, 3, nan, 1, 2]
    hidden = [0, 0, 3, 0, 0, nan, 1, 1]
    trust = [0.1, 0.1, 0.1, 0.1, 0.9, 0.1, 0.1, nan]
    found = _chosen(given, hidden, trust, hard=1.0)
    assert found.values[:5].tolist() == [0, 0.8, 0, 0.2, 0]
    assert np.isnan(found.values[5])
    assert found.values[6:].tolist() == [0, 0]  # a difference of exactly 0.2 is not above it
    assert found.reasons[0] == "left out as easy: right in all 5 rollouts"
    assert "hard" in found.reasons[3]
    assert "one token" in found.reasons[4]
    assert found.notes == ("reasoning activation chooses 2 of 7, 1 as hard",)


def test_a_tenth_of_the_hard_ones_comes_in_by_seed():
    drawn = [
        frozenset(np.flatnonzero(_chosen([1] * 40, [0] * 40, [0] * 40, seed=seed).values).tolist())
        for seed in (0, 0, 1)
    ]
    assert [len(one) for one in drawn] == [4, 4, 4]
    assert drawn[0] == drawn[1] != drawn[2]
