"""Which piece comes next, over sweeps drawn by chance: nothing is done twice, nothing forgotten."""

import random
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sample_engineering.runs.format import MAIN
from sample_engineering.sweep.plan import THE_BASE, Piece
from sample_engineering.sweep.schedule import Schedule


def made(candidates, seeds, controls, halving):
    """What a schedule reads of a plan."""
    arms = [(MAIN, seed) for seed in range(seeds)] + [(f"control-{n}", 0) for n in range(controls)]
    return SimpleNamespace(
        candidates=[None] * candidates,
        halving=halving,
        pieces=lambda number: [Piece(number, arm, seed) for arm, seed in arms],
    )


def carried_out(schedule, places, worth, rng, teaches):
    """Run a schedule with so many places; returns the pieces in the order in which they began."""
    running, began = [], []
    while True:
        while len(running) < places and (piece := schedule.next()) is not None:
            assert piece not in began, "begun twice"
            schedule.begin(piece)
            began.append(piece)
            running.append(piece)
        if not running:
            assert schedule.over
            return began
        assert not schedule.over
        piece = running.pop(rng.randrange(len(running)))
        schedule.finish(piece, teaches(piece))
        if piece != THE_BASE and piece.of_sample:
            candidate = schedule.candidates[piece.candidate]
            schedule.judge(piece.candidate, candidate.trained, worth(piece.candidate))


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 9), st.integers(1, 3), st.integers(0, 2), st.integers(1, 6), st.integers(0, 999)
)
def test_without_halving_everything_is_done_once_and_the_base_first(
    candidates, seeds, controls, places, chance
):
    plan = made(candidates, seeds, controls, 0)
    rng = random.Random(chance)
    dull = {n for n in range(candidates) if rng.random() < 0.3}  # teach nothing
    schedule = Schedule(plan)
    began = carried_out(schedule, places, lambda n: 0.0, rng, lambda p: p.candidate not in dull)
    assert began[0] == THE_BASE
    wanted = {
        piece
        for number in range(candidates)
        for piece in plan.pieces(number)
        if piece.of_sample or number not in dull
    }
    assert set(began[1:]) == wanted, "controls of what teaches nothing are left out"
    assert all(one.whole for one in schedule.candidates)


@settings(max_examples=40, deadline=None)
@given(st.integers(3, 12), st.integers(2, 3), st.integers(2, 4), st.integers(0, 999))
def test_halving_spends_less_and_keeps_the_best(candidates, seeds, factor, chance):
    plan = made(candidates, seeds, 1, factor)
    rng = random.Random(chance)
    worth = [rng.random() for _ in range(candidates)]
    schedule = Schedule(plan)
    began = carried_out(schedule, 1, lambda n: worth[n], rng, lambda p: True)
    stopped = {n for n, one in enumerate(schedule.candidates) if one.stopped}
    assert max(range(candidates), key=worth.__getitem__) not in stopped
    for number in range(candidates):
        own = [piece for piece in began if piece.candidate == number]
        if number in stopped:
            assert len(own) < seeds
            assert all(piece.of_sample for piece in own), "no control of what is stopped"
        else:
            assert len(own) == len(plan.pieces(number))
    if candidates >= 3 * factor and worth != sorted(worth):
        assert len(began) - 1 + len(list(schedule.not_run)) == candidates * (seeds + 1)


@pytest.mark.parametrize("factor", [2, 3, 4])
def test_of_candidates_that_are_worth_the_same_the_first_of_the_ranking_goes_on(factor):
    schedule = Schedule(made(9, 2, 0, factor))
    carried_out(schedule, 1, lambda n: 0.0, random.Random(0), lambda p: True)
    assert [n for n, one in enumerate(schedule.candidates) if not one.stopped] == [0]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([-0.1, 0.0, 0.02]), st.sampled_from([0.0, 0.01])), min_size=2
    ),
    st.integers(2, 4),
    st.randoms(use_true_random=False),
)
def test_ties_are_told_apart_by_the_lift_then_by_the_ranking(worth, factor, rng):
    """As if all had been apart from the beginning, in whatever order they come."""
    order = list(range(len(worth)))
    rng.shuffle(order)
    places = sorted(order, key=lambda n: (-worth[n][0], -worth[n][1], n))
    tied, apart = (Schedule(made(len(worth), 2, 0, factor)) for _ in range(2))
    for number in order:
        goes_on = tied.judge(number, 1, *worth[number])
        assert goes_on == apart.judge(number, 1, float(-places.index(number)))


def test_a_candidate_whose_piece_fails_is_left_and_the_others_go_on():
    schedule = Schedule(made(2, 2, 0, 0))
    schedule.finish(THE_BASE)
    first = schedule.next()
    schedule.begin(first)
    schedule.fail(first, "it broke")
    began = carried_out(schedule, 1, lambda n: 0.0, random.Random(0), lambda p: True)
    assert {piece.candidate for piece in began} == {1}
    assert schedule.candidates[0].failure == "it broke"
    assert not schedule.candidates[0].whole


@pytest.mark.parametrize("seeds", [2, 3])
def test_with_halving_a_seed_waits_for_the_answer_of_the_one_before(seeds):
    schedule = Schedule(made(1, seeds, 1, 2))
    schedule.finish(THE_BASE)
    piece = schedule.next()
    schedule.begin(piece)
    assert schedule.next() is None
    schedule.finish(piece)
    assert schedule.judge(0, 1, 0.1)
    assert schedule.next() == Piece(0, MAIN, 1)
