"""Selectors that look inside a model, against plain torch on one text at a time."""

import math
from itertools import pairwise

import numpy as np
import pytest

import sample_engineering as se
from sample_engineering.errors import ConfigError
from sample_engineering.generation.asking import Protocol
from sample_engineering.sample import Sample
from sample_engineering.selectors import Evidence
from sample_engineering.selectors.declared import find_selectors
from sample_engineering.selectors.gradient_alignment import advantages
from sample_engineering.selectors.last_layer import SIDE, LastLayer
from sample_engineering.selectors.shift import farthest_first
from sample_engineering.selectors.weights import Weights

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

NAMES = ("prompt_perplexity", "ifd", "shift", "gradient_alignment")
ROWS = [[5, 9, 30, 2, 7], [8, 8], [40, 3, 22, 100, 11, 6, 9, 9], [17]]


@pytest.fixture(scope="module")
def weights():
    """A small random model of another kind than the embedded one, with the embedded tokenizer."""
    from sample_engineering.defaults import local_model
    from sample_engineering.generation.transformers_engine import (
        TransformersGenerator,
        load_tokenizer,
    )

    tokenizer = load_tokenizer(local_model(None))
    torch.manual_seed(0)
    config = transformers.Qwen2Config(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=48, num_hidden_layers=2,
        num_attention_heads=2, num_key_value_heads=1, max_position_embeddings=256,
        tie_word_embeddings=False, eos_token_id=tokenizer.eos_token_id,
    )  # fmt: skip
    model = transformers.Qwen2ForCausalLM(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(3)  # far from uniform predictions
    return Weights(
        TransformersGenerator(model, tokenizer), Protocol(template="plain", max_tokens=12)
    )


@pytest.fixture(scope="module")
def pool():
    return se.example_pool()[:6]


def log_p(weights, row):
    with torch.no_grad():
        return weights.model(torch.tensor([list(row)])).logits[0].log_softmax(-1)


def surprisal(weights, row, start):
    told = log_p(weights, row)
    return [-float(told[place - 1, row[place]]) for place in range(start, len(row))]


def scored(name, weights, pool, settings=None, **evidence):
    selector = find_selectors({name: settings} if settings else None)[name]
    return selector.score(Evidence(pool, weights=lambda: weights, **evidence))


def test_surprisals_are_those_of_each_row_alone(weights):
    found = weights.surprisals(ROWS, [1, 1, 3, 1])
    for row, start, mine in zip(ROWS, [1, 1, 3, 1], found, strict=True):
        assert mine == pytest.approx(surprisal(weights, row, start), abs=1e-4)


def test_small_batches_change_nothing(weights, monkeypatch):
    whole = weights.surprisals(ROWS, [1] * 4)
    monkeypatch.setattr("sample_engineering.selectors.weights._LOGITS", 600)
    for one, other in zip(whole, weights.surprisals(ROWS, [1] * 4), strict=True):
        assert one == pytest.approx(other, abs=1e-4)


def test_perplexity_is_exp_of_the_mean_surprisal(weights, pool):
    found = scored("prompt_perplexity", weights, pool).values
    for sample, value in zip(pool, found, strict=True):
        row = weights.tokenizer(sample.problem)["input_ids"]
        assert value == pytest.approx(math.exp(np.mean(surprisal(weights, row, 1))), rel=1e-4)


def test_ifd_is_the_difference_of_two_mean_surprisals(weights, pool):
    found = scored("ifd", weights, pool)
    for sample, value in zip(pool, found.values, strict=True):
        x = weights.tokenizer(sample.problem)["input_ids"]
        y = weights.tokens(sample.solution or sample.answer)
        opening = [weights.tokenizer.eos_token_id]
        given = np.mean(surprisal(weights, [*x, *y], len(x)))
        alone = np.mean(surprisal(weights, [*opening, *y], 1))
        assert value == pytest.approx(given - alone, abs=1e-4)


def test_shift_is_the_way_of_the_last_hidden_state(weights, pool):
    found = scored("shift", weights, pool)
    for place, sample in enumerate(pool[:3]):
        ids = list(weights.tokenizer(sample.problem)["input_ids"])
        start = len(ids)
        for _ in range(12):  # greedy, one token at a time
            token = int(log_p(weights, ids)[-1].argmax())
            if token == weights.tokenizer.eos_token_id:
                break
            ids.append(token)
        # The rollout is read again from its text, so that both are held to the same tokens.
        answer = weights.tokens(weights.tokenizer.decode(ids[start:], skip_special_tokens=True))
        row = [*ids[:start], *answer]
        with torch.no_grad():
            out = weights.model(torch.tensor([row]), output_hidden_states=True)
        state = out.hidden_states[-1][0]
        expected = float((state[-1] - state[start - 1]).norm())
        assert found.values[place] == pytest.approx(expected, rel=1e-3)
        assert found.columns["shift_tokens"][place] == len(answer)
    assert sorted(found.columns["shift_order"]) == list(range(1, len(pool) + 1))
    first = found.columns["shift_order"].index(1)
    assert found.values[first] == found.values.max()


def test_farthest_first_takes_the_worthiest_far_from_all_before():
    rng = np.random.default_rng(0)
    features, quality = rng.normal(size=(9, 3)), rng.uniform(size=9)
    order = farthest_first(features, quality)
    assert sorted(order) == list(range(9))
    assert order[0] == quality.argmax()
    for size, (_, chosen) in enumerate(pairwise(order), start=1):
        before = features[order[:size]]
        worth = {
            i: quality[i] * min(np.linalg.norm(features[i] - one) for one in before)
            for i in range(9) if i not in order[:size]
        }  # fmt: skip
        assert chosen == max(worth, key=worth.get)


def test_the_last_layers_gradient_is_autograds(weights):
    head = weights.model.get_output_embeddings().weight
    shares, of = [1.0, -0.5, 2.0], [0, 0, 1]
    rows, starts = [ROWS[0], ROWS[1], ROWS[2]], [2, 1, 3]
    found = LastLayer(weights, texts=2).gradients(rows, starts, shares, of)
    for number in range(2):
        weights.model.zero_grad()
        loss = 0.0
        for row, start, share, text in zip(rows, starts, shares, of, strict=True):
            if text == number:
                told = weights.model(torch.tensor([row])).logits[0].log_softmax(-1)
                said = told[range(start - 1, len(row) - 1), row[start:]]
                loss = loss - share * said.mean()
        loss.backward()
        assert found[number] == pytest.approx(head.grad.flatten().numpy(), abs=1e-5)
    weights.model.zero_grad()


def test_a_sketch_keeps_cosines(weights, monkeypatch):
    rng = np.random.default_rng(0)
    base, other = ([int(t) for t in rng.integers(2, 500, 12)] for _ in range(2))
    rows = [[*other[:k], *base[k:]] for k in range(4, 12)]  # less and less in common
    asked = (rows, [4] * 8, [1.0] * 8, list(range(8)))
    whole = LastLayer(weights, texts=8).gradients(*asked)
    monkeypatch.setattr("sample_engineering.selectors.last_layer.WHOLE", 0)
    sketched = LastLayer(weights, texts=8, seed=3).gradients(*asked)
    assert sketched.shape == (8, SIDE * SIDE)

    def cosines(rows):
        rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return rows @ rows.T

    assert np.abs(cosines(whole) - cosines(sketched)).max() < 0.15
    assert np.abs(cosines(whole)[~np.eye(8, dtype=bool)]).max() > 0.2  # there is something to keep


@pytest.mark.parametrize("rewards", [[1, 0, 0, 0], [1, 1, 0, 0, 1]])
def test_advantages_are_grpos(rewards):
    expected = (np.array(rewards) - np.mean(rewards)) / np.std(rewards)
    assert advantages(rewards) == pytest.approx(list(expected))


def test_a_dead_group_has_no_advantage():
    assert advantages([1, 1, 1]) == [0, 0, 0]
    assert advantages([]) == []


def test_the_candidate_that_is_the_development_set_is_aligned_with_it(weights, pool):
    found = scored(
        "gradient_alignment", weights, pool, {"of": "solution"}, development=[pool[2]],
    )  # fmt: skip
    assert found.columns["gradient_cosine"][2] == pytest.approx(1.0)
    assert found.values[2] == pytest.approx(0.25)
    assert found.values.max() == found.values[2]
    dots, cosines = (np.array(found.columns[f"gradient_{c}"]) for c in ("dot", "cosine"))
    assert np.sign(dots) == pytest.approx(np.sign(cosines))


def test_a_random_model_has_no_policy_gradient(weights, pool):
    with pytest.raises(ConfigError, match=r"`development`: no item .* gradient_alignment.of=solu"):
        scored("gradient_alignment", weights, pool[:2], development=pool[:2], group_size=2)


def test_the_embedded_model_is_looked_into_when_asked_by_name(pool):
    found = se.rank(
        pool, model="microcosm", selectors=NAMES, development=pool[:3], group_size=8, seed=1,
        settings={"gradient_alignment": {"items": 3}},
    )  # fmt: skip
    for name in NAMES:
        assert None not in found.columns[name]
    assert set(found.columns["tier"]) == {"probed"}
    again = se.rank(
        pool, model="microcosm", selectors=NAMES, development=pool[:3], group_size=8, seed=1,
        settings={"gradient_alignment": {"items": 3}},
    )  # fmt: skip
    assert list(found.records()) == list(again.records())
    rates = found.columns["gradient_pass_rate"]
    for value, cosine, p in zip(
        found.columns["gradient_alignment"], found.columns["gradient_cosine"], rates, strict=True
    ):
        assert value == pytest.approx((cosine or 0.0) * p * (1 - p))


def test_all_and_explanations_open_no_model(pool):
    rated = [one.with_(extra={**one.extra, "pass_rate": 0.5}) for one in pool]
    for asked in ({"selectors": "all"}, {"explain": rated[0].id}):
        assert not {*NAMES} & {*se.rank(rated, **asked).columns}


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"by": "shift"}, "`by` shift: the column holds no numbers; give `model`, a local one"),
        ({"by": "gradient_alignment", "model": "microcosm"}, "and `development`"),
        ({"by": "shift", "model": "microcosm", "rollouts": 4}, "`rollouts` is for probing"),
        ({"by": "shift", "model": "m", "server": "http://127.0.0.1:1"}, "looks inside the model"),
        ({"by": "shift", "model": "microcosm", "development": [Sample("a", "b", "1")]},
         "`development` changes nothing"),
    ],
)  # fmt: skip
def test_what_cannot_be_looked_into_is_refused(pool, asked, why):
    with pytest.raises(ConfigError, match=why):
        se.rank(pool, **asked)


def test_embeddings_of_the_model_are_means_of_its_states(weights, pool):
    found = weights.embeddings(pool[:2])
    row = weights.tokenizer(pool[1].problem)["input_ids"]
    with torch.no_grad():
        out = weights.model(torch.tensor([row]), output_hidden_states=True)
    assert found[1] == pytest.approx(out.hidden_states[-1][0].mean(0).numpy(), abs=1e-4)
