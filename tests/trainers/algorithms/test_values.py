"""GAE and the value head, against what their definitions say."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sample_engineering.trainers.values import ValueHead, gae, products, returns_of


def by_definition(rewards, values, gamma, lam):
    """The sum of (gamma lam)^l times the surprise l tokens on, for one rollout."""
    ahead = [*values[1:], 0.0][: len(values)]
    surprises = [r + gamma * n - v for r, v, n in zip(rewards, values, ahead, strict=True)]
    return [
        sum((gamma * lam) ** (later - now) * surprises[later] for later in range(now, len(rewards)))
        for now in range(len(rewards))
    ]


@settings(deadline=None, max_examples=60)
@given(
    lengths=st.lists(st.integers(0, 7), min_size=1, max_size=4),
    gamma=st.sampled_from([0.0, 0.5, 0.97, 1.0]),
    lam=st.sampled_from([0.0, 0.3, 0.95, 1.0]),
    seed=st.integers(0, 1000),
)
def test_gae_is_its_definition(lengths, gamma, lam, seed):
    random = torch.Generator().manual_seed(seed)
    shape = (len(lengths), max([*lengths, 1]))
    rewards = torch.randn(shape, generator=random, dtype=torch.double)
    values = torch.randn(shape, generator=random, dtype=torch.double)
    mask = torch.arange(shape[1])[None] < torch.tensor(lengths)[:, None]
    found = gae(rewards, values, mask, gamma, lam)
    for row, length in enumerate(lengths):
        expected = by_definition(
            rewards[row, :length].tolist(), values[row, :length].tolist(), gamma, lam
        )
        assert found[row, :length].tolist() == pytest.approx(expected)
        assert found[row, length:].abs().sum() == 0  # padding says nothing


def test_returns_are_discounted_sums():
    rewards = torch.tensor([[0.0, 0.0, 1.0, 9.0]])
    mask = torch.tensor([[1, 1, 1, 0]])
    assert returns_of(rewards, mask, 0.5).tolist() == [[0.25, 0.5, 1.0, 0.0]]


def test_with_lambda_one_an_advantage_is_the_return_less_the_value():
    random = torch.Generator().manual_seed(0)
    rewards, values = torch.randn(2, 3, 5, generator=random).unbind()
    mask = torch.ones(3, 5)
    torch.testing.assert_close(
        gae(rewards, values, mask, 0.9, 1.0), returns_of(rewards, mask, 0.9) - values
    )


def test_a_head_that_saw_nothing_expects_nothing():
    assert ValueHead(3).fitted()(torch.randn(2, 4, 3)).tolist() == torch.zeros(2, 4).tolist()


def test_the_head_is_ridge_regression():
    random = torch.Generator().manual_seed(0)
    hidden = torch.randn(400, 3, generator=random)
    returns = hidden @ torch.tensor([1.0, -2.0, 0.5]) + 3
    head = ValueHead(3, ridge=1e-6)
    for rows in torch.arange(400).split(100):
        more = products(hidden[rows], returns[rows])
        head.learn(*more) if rows[0] == 0 else _add(head, more)
    torch.testing.assert_close(head.fitted()(hidden), returns, rtol=1e-3, atol=1e-3)


def _add(head, more):
    head.gram, head.moments = head.gram + more[0], head.moments + more[1]


def test_a_strong_ridge_leaves_the_mean():
    random = torch.Generator().manual_seed(0)
    hidden, returns = torch.randn(50, 3, generator=random), torch.rand(50, generator=random)
    head = ValueHead(3, ridge=1e9)
    head.learn(*products(hidden, returns))
    torch.testing.assert_close(head.fitted()(hidden), returns.mean().expand(50))


def test_what_is_long_ago_counts_less():
    hidden = torch.zeros(10, 2)
    head = ValueHead(2, decay=0.5)
    head.learn(*products(hidden, torch.zeros(10)))
    head.learn(*products(hidden, torch.ones(10)))
    assert head.fitted()(hidden[:1]).item() == pytest.approx(2 / 3)
