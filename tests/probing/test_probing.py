"""Probing a real model: pass rates, forced answers, adaptive rounds, resuming."""

import json

import pytest

from sample_engineering.errors import ConfigError
from sample_engineering.generation import BaseGenerator, Completion
from sample_engineering.generation.openai_generator import OpenAIGenerator
from sample_engineering.probing import ProbePlan, probe_checkpoints, probe_pool
from sample_engineering.probing.prober import closed
from sample_engineering.probing.record import ProbeRecord
from sample_engineering.sample import Sample
from tests.generation.local_server import ScriptedServer


class Dice(BaseGenerator):
    """A generator that is right with a known chance per problem; it counts what it is asked.

    The answer to every problem is 7; the text ``p=0.3`` in the problem is the chance.
    """

    def __init__(self, name="dice"):
        super().__init__(name)
        self.asked = []

    def generate(self, prompts, sampling, *, schema=None, progress=None):
        import random

        groups = []
        for prompt in prompts:
            text = prompt if isinstance(prompt, str) else prompt[0]["content"]
            chance = float(text.split("p=")[1].split()[0].split("\\")[0])
            rng = random.Random(f"{sampling.seed}{text}")
            self.asked.append((text, sampling.n))
            forced = text.endswith("\\boxed{")
            group = []
            for _number in range(sampling.n):
                right = rng.random() < (chance / 2 if forced else chance)
                answer = "7" if right else "8"
                body = answer + "} and so on" if forced else f"so \\boxed{{{answer}}}"
                group.append(Completion(body, 5, "stop"))
            groups.append(group)
        return groups


def candidates(*chances):
    return [Sample(str(k), f"what? p={chance} end", "7") for k, chance in enumerate(chances)]


def test_measures_what_there_is_to_measure():
    probe = probe_pool(candidates(0.0, 0.5, 1.0), Dice(), ProbePlan(rollouts=64, template="plain"))
    never, half, always = probe
    assert (never.n, never.correct, never.pass_rate) == (64, 0, 0.0)
    assert always.pass_rate == 1.0
    assert 0.2 < half.pass_rate_low < half.pass_rate < half.pass_rate_high < 0.7
    assert half.learnability == pytest.approx(half.pass_rate * (1 - half.pass_rate))
    assert half.dead_group_chance < 0.05 < 0.8 < never.dead_group_chance
    assert half.forced_pass_rate == pytest.approx(0.25, abs=0.15)
    assert half.reasoning_dependence == half.pass_rate - half.forced_pass_rate
    assert (half.mean_tokens, half.truncated, half.unreadable) == (5, 0, 0)
    assert (probe.rollouts, probe.forced_rollouts, probe.saved) == (192, 192, 0)


def test_truncated_and_unreadable_answers_are_counted():
    class Cut(BaseGenerator):
        def generate(self, prompts, sampling, *, schema=None, progress=None):
            cut = Completion("so the answer", 9, "length")
            return [[cut, Completion("\\boxed{7}", 3, "stop")] for _ in prompts]

    (record,) = probe_pool(
        candidates(1), Cut("cut"), ProbePlan(rollouts=2, template="plain", forced=False)
    )
    assert (record.truncated, record.unreadable, record.pass_rate) == (0.5, 0.5, 0.5)
    assert record.forced_pass_rate is None
    assert record.reasoning_dependence is None


class Said(BaseGenerator):
    """A generator that says these answers, one after the other."""

    def __init__(self, *answers):
        super().__init__("said")
        self.answers = answers

    def generate(self, prompts, sampling, *, schema=None, progress=None):
        texts = [f"so \\boxed{{{answer}}}" if answer else "hm" for answer in self.answers]
        return [[Completion(text, 5, "stop") for text in texts] for _ in prompts]


def test_wrong_answers_are_counted_however_they_are_spelt():
    said = ("7", "1/2", "0.5", "\\frac{1}{2}", "3", "7.0", None, "3" * 60)
    plan = ProbePlan(rollouts=8, template="plain", forced=False)
    (record,) = probe_pool(candidates(1), Said(*said), plan)
    assert (record.n, record.correct, record.unreadable) == (8, 2, 1 / 8)
    assert record.wrong_answers == (3, 1, 1)
    assert record.to_dict()["wrong_answers"] == [3, 1, 1]
    assert ProbeRecord.from_dict(record.to_dict()) == record


def test_a_journal_without_answers_says_nothing_of_them(tmp_path):
    journal = tmp_path / "journal"
    plan = ProbePlan(rollouts=2, template="plain", forced=False)
    probe_pool(candidates(1), Said("7", "8"), plan, journal=journal)
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    for line in lines:  # as version 0.1 wrote them
        if "rollouts" in line:
            line["rollouts"] = [row[:4] for row in line["rollouts"]]
    journal.write_text("".join(json.dumps(line) + "\n" for line in lines))
    (record,) = probe_pool(candidates(1), Said(), plan, journal=journal)
    assert (record.n, record.correct, record.wrong_answers) == (2, 1, None)
    assert "wrong_answers" not in record.to_dict()


def test_adaptive_spends_on_the_undecided():
    chances = [0.0] * 5 + [0.5] * 25 + [1.0] * 5
    dice = Dice()
    probe = probe_pool(
        candidates(*chances),
        dice,
        ProbePlan(rollouts=16, template="plain", adaptive=True, forced=False),
    )
    clear = [record.n for record in (*probe[:5], *probe[30:])]
    undecided = [record.n for record in probe[5:30]]
    assert max(clear) == 10
    assert max(undecided) == 16
    assert probe.rollouts <= 0.6 * 35 * 16
    assert probe.saved == 35 * 16 - probe.rollouts
    assert probe.rollouts == sum(n for _, n in dice.asked)
    assert "saved" in probe.account()


def test_adaptive_rounds_draw_new_samples():
    """With one seed for all rounds the second would repeat the first."""
    seeds = []

    class Watching(Dice):
        def generate(self, prompts, sampling, **options):
            seeds.append(sampling.seed)
            return super().generate(prompts, sampling, **options)

    probe_pool(
        candidates(0.5, 0.5, 0.5),
        Watching(),
        ProbePlan(rollouts=16, template="plain", adaptive=True),
    )
    assert len(set(seeds)) > 2


def test_an_unreadable_gold_is_said_and_not_rolled_out():
    pool = [Sample("bad", "what? p=1 end", "1..2", kind="number"), *candidates(1)]
    dice = Dice()
    bad, good = probe = probe_pool(
        pool, dice, ProbePlan(rollouts=2, template="plain", forced=False)
    )
    assert bad.n == 0
    assert bad.pass_rate is None
    assert "gold" in bad.error
    assert good.pass_rate == 1
    assert len(dice.asked) == 1
    assert "no readable gold" in probe.notes[0]


def test_several_checkpoints_make_a_history(tmp_path):
    from sample_engineering.selectors.history import read_history

    class Weak(Dice):
        def generate(self, prompts, sampling, **options):
            weaker = [prompt.replace("p=0.9", "p=0.1") for prompt in prompts]
            return super().generate(weaker, sampling, **options)

    probe = probe_checkpoints(
        candidates(0.9, 0.0),
        [Weak("step 0"), Dice("step 100")],
        ProbePlan(rollouts=32, template="plain"),
    )
    assert probe[0].accuracy[0] < probe[0].accuracy[1] == probe[0].pass_rate
    assert probe[0].models == ("step 0", "step 100")
    path = tmp_path / "probed.jsonl"
    probe.write(path)
    assert list(read_history(path)["1"]) == [0.0, 0.0]


def test_a_journal_resumes_without_asking_again(tmp_path):
    pool = candidates(0.2, 0.5, 0.8, 0.0)
    whole = probe_pool(pool, Dice(), ProbePlan(rollouts=8, template="plain", adaptive=True))

    class Dying(Dice):
        def generate(self, prompts, sampling, **options):
            if len(self.asked) >= 6:
                raise KeyboardInterrupt
            return super().generate(prompts, sampling, **options)

    path = tmp_path / "journal"
    dying = Dying()
    with pytest.raises(KeyboardInterrupt):
        probe_pool(
            pool, dying, ProbePlan(rollouts=8, template="plain", adaptive=True), journal=path
        )
    resumed = Dice()
    again = probe_pool(
        pool, resumed, ProbePlan(rollouts=8, template="plain", adaptive=True), journal=path
    )
    assert list(again) == list(whole)
    asked_by_whole = Dice()
    probe_pool(pool, asked_by_whole, ProbePlan(rollouts=8, template="plain", adaptive=True))
    assert sorted(dying.asked + resumed.asked) == sorted(asked_by_whole.asked)


def test_a_journal_of_another_probe_is_not_taken(tmp_path):
    path = tmp_path / "journal"
    probe_pool(candidates(0.5), Dice(), ProbePlan(rollouts=4, template="plain"), journal=path)
    other = Dice()
    probe_pool(
        candidates(0.5), other, ProbePlan(rollouts=4, template="plain", seed=1), journal=path
    )
    assert len(other.asked) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [("\\boxed{7} so", "\\boxed{7}"), ("\\boxed{\\frac{1}{2}}}", "\\boxed{\\frac{1}{2}}"),
     ("\\boxed{7", "\\boxed{7")],
)  # fmt: skip
def test_a_forced_answer_ends_with_its_box(text, expected):
    assert closed(text) == expected


def test_a_tiny_model_and_the_server_of_it_give_the_same_probe(tiny_server, tiny_generator):
    pool = [Sample("a", "what is 2 + 3?", "5"), Sample("b", "what is 2 * 3?", "6")]
    local = probe_pool(
        pool, tiny_generator, ProbePlan(rollouts=3, max_tokens=20, template="{problem}")
    )
    with OpenAIGenerator(tiny_server.url, "tiny") as generator:
        served = probe_pool(
            pool, generator, ProbePlan(rollouts=3, max_tokens=20, template="{problem}")
        )
    assert local.forced_rollouts == served.forced_rollouts == 6
    assert [record.n for record in served] == [3, 3]
    assert served.notes == ()


def test_says_where_a_server_cannot_force_answers():
    # The same count of prompt tokens with and without the request to continue: it was ignored.
    with ScriptedServer(lambda _: "\\boxed{5}") as server:
        probe = probe_pool(
            [Sample("a", "what is 2 + 3?", "5")],
            OpenAIGenerator(server.url, "m"),
            ProbePlan(rollouts=2),
        )
    assert probe[0].pass_rate == 1
    assert probe[0].forced_pass_rate is None
    assert "does not continue a begun answer" in probe.notes[0]


def test_bad_numbers_are_errors():
    with pytest.raises(ConfigError):
        probe_pool(candidates(1), Dice(), ProbePlan(rollouts=0))
