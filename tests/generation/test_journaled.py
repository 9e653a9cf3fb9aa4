"""Answers are kept as they come, and found again by all that they depend on."""

import json

import pytest

from sample_engineering.generation import BaseGenerator, Capabilities, Completion, Sampling
from sample_engineering.generation.journaled import JournaledGenerator, weights_mark

SAMPLING = Sampling(n=2, seed=1)


class Counting(BaseGenerator):
    """Says what it was asked and the how manieth copy that was, and stops after a number."""

    capabilities = Capabilities(seed=True, streaming=True)

    def __init__(self, fails_after=None):
        super().__init__("counting")
        self.asked = []
        self.fails_after = fails_after

    def generate(self, prompts, sampling, *, schema=None, progress=None):
        found = [[] for _ in prompts]
        for index, item in self.stream(prompts, sampling):
            found[index] = item
        return found

    def stream(self, prompts, sampling, *, schema=None):
        seen = {}
        for index, prompt in enumerate(prompts):
            if self.fails_after is not None and len(self.asked) >= self.fails_after:
                raise KeyboardInterrupt
            text = str(prompt)
            seen[text] = copy = seen.get(text, -1) + 1
            self.asked.append(text)
            one = Completion(f"{text} {copy}\ud800", 3, "stop", 2, (-0.5,))
            yield index, [one] * sampling.n


def texts(groups):
    return [group[0].text for group in groups]


def test_a_stopped_job_goes_on_and_gives_what_a_whole_one_gives(tmp_path):
    path = tmp_path / "kept"
    prompts = ["a", "b", "a", [{"role": "user", "content": "c"}], "d"]
    whole = Counting().generate(prompts, SAMPLING)
    with (
        JournaledGenerator(Counting(fails_after=2), path) as first,
        pytest.raises(KeyboardInterrupt),
    ):
        first.generate(prompts, SAMPLING)
    assert len(path.read_bytes().splitlines()) == 2
    told = []
    inner = Counting()
    with JournaledGenerator(inner, path) as again:
        assert again.generate(prompts, SAMPLING, progress=told.append) == whole
        # Both copies of a prompt are asked together, or the second would be drawn as the first.
        assert texts(whole)[0] != texts(whole)[2]
        assert inner.asked.count("a") == 2
        assert "b" not in inner.asked
        assert sum(told) == len(prompts)
        assert again.notes == ("resumed: 1 answered prompts stood in the journal",)
    with JournaledGenerator(Counting(fails_after=0), path) as third:
        assert third.generate(prompts, SAMPLING) == whole


@pytest.mark.parametrize(
    "change",
    [
        {"temperature": 0.5},
        {"n": 3},
        {"seed": 2},
        {"max_tokens": 9},
        {"top_p": 0.5},
        {"stop": ("x",)},
        {"chat_template_kwargs": {"enable_thinking": False}},
    ],
)
def test_answers_of_other_settings_are_not_used_and_that_is_said(tmp_path, change):
    path = tmp_path / "kept"
    with JournaledGenerator(Counting(), path) as first:
        first.generate(["a", "b"], SAMPLING)
    inner = Counting()
    with JournaledGenerator(inner, path) as other:
        other.generate(["a", "b"], SAMPLING.with_(**change))
        assert inner.asked == ["a", "b"]
        (note,) = other.notes
        assert note.startswith("started anew: the 2 answered prompts in kept are of another model")


def test_answers_of_other_weights_of_the_same_name_are_not_used(tmp_path):
    weights = tmp_path / "model"
    weights.mkdir()
    (weights / "model.safetensors").write_bytes(b"1")
    mark = weights_mark(weights)
    assert mark == weights_mark(weights) != ""
    (weights / "model.safetensors").write_bytes(b"12")
    assert weights_mark(weights) != mark
    assert weights_mark("owner/name") == ""
    for identity, asked in ((mark, 1), (mark, 0), ("other", 1)):
        inner = Counting()
        with JournaledGenerator(inner, tmp_path / "kept", identity) as kept:
            kept.generate(["a"], SAMPLING)
        assert len(inner.asked) == asked


def test_a_line_cut_short_is_asked_again(tmp_path):
    path = tmp_path / "kept"
    with JournaledGenerator(Counting(), path) as first:
        whole = first.generate(["a", "b"], SAMPLING)
    path.write_bytes(path.read_bytes()[:-20])
    inner = Counting()
    with JournaledGenerator(inner, path) as again:
        assert again.generate(["a", "b"], SAMPLING) == whole
    assert inner.asked == ["b"]
    assert [json.loads(line)["completions"][0][1] for line in path.read_bytes().splitlines()] == [
        3,
        3,
    ]
