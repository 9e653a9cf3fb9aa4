"""Drawing a token: over a large vocabulary in two levels, the same inverse of the distribution."""

import math

import pytest

torch = pytest.importorskip("torch")

from sample_engineering.generation import drawing  # noqa: E402
from sample_engineering.generation.drawing import BLOCK, LARGE_VOCABULARY, Drawer  # noqa: E402

SIZES = [LARGE_VOCABULARY, LARGE_VOCABULARY + 1, 5_000, 49_152]  # whole blocks, and not


def logits_of(rows, size, seed=0, spread=3.0):
    return torch.randn(rows, size, generator=torch.Generator().manual_seed(seed)) * spread


def exact(logits, temperature, top_p=1.0, top_k=None):
    """Return cumulative distributions in float64, token by token, as the definition says."""
    probabilities = torch.softmax(logits.double() / temperature, -1)
    ordered, order = probabilities.sort(-1, descending=True)
    if top_k is not None:
        ordered[:, top_k:] = 0
        ordered = ordered / ordered.sum(-1, keepdim=True)
    ordered = ordered * (ordered.cumsum(-1) - ordered < top_p)
    kept = torch.zeros_like(probabilities).scatter(-1, order, ordered)
    return (kept / kept.sum(-1, keepdim=True)).cumsum(-1)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("temperature", "top_p", "top_k"),
    [
        (1.0, 1.0, None),
        (0.6, 1.0, None),
        (1.0, 0.95, None),
        (0.7, 0.5, 20),
        (1.0, 1.0, 5),
        (2.0, 0.99, None),
        (1.0, 0.9, 1_000),
    ],
)
def test_a_token_is_the_inverse_of_its_cumulative_distribution(size, temperature, top_p, top_k):
    logits = logits_of(40, size)
    uniforms = torch.rand(40, generator=torch.Generator().manual_seed(1))
    tokens = Drawer(temperature, top_p, top_k)(logits, uniforms).tokens
    sums = exact(logits, temperature, top_p, top_k)
    upper = sums.gather(1, tokens[:, None])[:, 0]
    kept = (sums.diff(dim=-1, prepend=torch.zeros(40, 1)) > 0).sum(-1)
    if top_k is not None:
        assert int(kept.max()) <= top_k
    lower = sums.gather(1, (tokens - 1).clamp(min=0)[:, None])[:, 0] * (tokens > 0)
    assert bool((upper > lower).all())  # never a token of probability 0
    assert bool((lower - 1e-5 <= uniforms).all())
    assert bool((uniforms <= upper + 1e-5).all())


@pytest.mark.parametrize(
    ("top_p", "top_k"), [(1.0, None), (0.9, None), (0.999, None), (1.0, 30), (0.8, 300)]
)
def test_two_levels_draw_what_one_would(monkeypatch, top_p, top_k):
    logits = logits_of(300, 5_000)
    uniforms = torch.rand(300, generator=torch.Generator().manual_seed(2))
    ours = Drawer(0.8, top_p, top_k)(logits, uniforms).tokens
    monkeypatch.setattr(drawing, "LARGE_VOCABULARY", 10**9)
    plain = Drawer(0.8, top_p, top_k)(logits, uniforms).tokens
    assert int((ours != plain).sum()) <= 1  # a uniform may lie within a rounding of a boundary


@pytest.mark.parametrize("size", SIZES)
def test_scores_and_entropy_are_those_of_the_whole_distribution(size):
    logits = logits_of(12, size).bfloat16()
    uniforms = torch.rand(12, generator=torch.Generator().manual_seed(3))
    drawn = Drawer(0.5, logprobs=True, entropy=True)(logits, uniforms)
    scores = torch.log_softmax(logits.double(), -1).gather(1, drawn.tokens[:, None])[:, 0]
    assert torch.allclose(drawn.logprobs.double(), scores, atol=1e-4)
    wanted = torch.distributions.Categorical(logits=logits.double() / 0.5).entropy()
    assert torch.allclose(drawn.entropy.double(), wanted, atol=1e-4)


@pytest.mark.parametrize("size", SIZES)
def test_greedy_takes_the_first_of_the_greatest(size):
    logits = logits_of(20, size).bfloat16()  # coarse, so that there are ties
    logits[3] = 0.0
    logits[4, [size - 1, 700, 701]] = 99.0
    logits[5, size - 1] = 99.0
    drawn = Drawer(0.0, logprobs=True)(logits, None)
    assert torch.equal(drawn.tokens, logits.float().argmax(-1))
    scores = torch.log_softmax(logits.double(), -1).gather(1, drawn.tokens[:, None])[:, 0]
    assert torch.allclose(drawn.logprobs.double(), scores, atol=1e-4)


@pytest.mark.parametrize("top_p", [1.0, 0.9])
def test_the_ends_of_the_interval_hit_tokens_that_are_possible(top_p):
    size = 5_000
    logits = torch.full((4, size), -math.inf)
    logits[:, [BLOCK - 1, BLOCK, 2_000, size - 1]] = torch.tensor([0.0, 1.0, 2.0, 0.5])
    largest = 1 - 2.0**-24
    uniforms = torch.tensor([0.0, largest, 0.5, 0.2])
    drawn = Drawer(1.0, top_p, entropy=True)(logits, uniforms)
    assert set(drawn.tokens.tolist()) <= {BLOCK - 1, BLOCK, 2_000, size - 1}
    assert drawn.tokens[0] == (BLOCK - 1 if top_p == 1 else BLOCK)
    assert drawn.tokens[1] == size - 1
    assert bool(drawn.entropy.isfinite().all())


def test_a_row_is_drawn_the_same_in_any_company():
    logits, uniforms = logits_of(64, 49_152), torch.rand(64)
    for drawer in (Drawer(1.0), Drawer(0.7, 0.9), Drawer(1.0, 1.0, 40), Drawer(0.0)):
        together = drawer(logits, uniforms).tokens
        for row in (0, 31, 63):
            alone = drawer(logits[row : row + 1], uniforms[row : row + 1]).tokens
            assert alone[0] == together[row]


def test_the_scores_are_left_as_they_are():
    logits = logits_of(3, 5_000)
    before = logits.clone()
    Drawer(0.7, 0.9, 10, logprobs=True, entropy=True)(logits, torch.rand(3))
    Drawer(0.0)(logits, None)
    assert torch.equal(logits, before)
