"""Labels against independent solutions of a model behind a real server."""

import pytest
from typer.testing import CliRunner

import sample_engineering as se
from sample_engineering import registry
from sample_engineering.audit import Claim, audit_samples
from sample_engineering.audit.solutions import Solutions
from sample_engineering.cli import app
from sample_engineering.errors import ConfigError
from sample_engineering.generation import BaseGenerator, Capabilities, Completion
from sample_engineering.sample import Sample
from tests.generation.local_server import ScriptedServer

SAIL = Sample("sail", "Which wind gives the sail that push, in miles per hour?", "12.8")
EASY = Sample("easy", "How many legs have nine cats?", "36")
RIVAL = ["$\\sqrt[3]{2048}$ is \\boxed{12.7}", "So \\boxed{12.70}", "\\boxed{8\\sqrt[3]{4}}"]


class Written(BaseGenerator):
    """Answers written by hand: solutions by a word of the problem, and forced answers."""

    capabilities = Capabilities(prefill=True)

    def __init__(self, solutions, forced="7}"):
        super().__init__("written")
        self.solutions = solutions
        self.forced = forced

    def generate(self, prompts, sampling, *, schema=None, progress=None):
        return [self._answers(prompt, sampling.n) for prompt in prompts]

    def _answers(self, prompt, n):
        begun = prompt[-1]["role"] == "assistant"
        texts = [self.forced] * n
        if not begun:
            key = next(key for key in self.solutions if key in prompt[-1]["content"])
            texts = self.solutions[key]
        return [Completion(text, 5, "stop") for text in texts[:n]]


def _audit(sample, texts, forced="7}", checks=("agreement", "forced")):
    from sample_engineering.generation import Sampling

    generator = Written({sample.problem[:9]: texts}, forced)
    return audit_samples(
        [sample], checks=checks, generator=generator, sampling=Sampling(n=len(texts))
    )


def test_another_answer_that_most_solutions_reach_is_a_warning_and_never_severe():
    (finding,) = _audit(SAIL, [*RIVAL[:2], "\\boxed{12.8}", "no idea"])
    assert (finding.check, finding.severity) == ("agreement", "warning")
    evidence = finding.evidence
    assert (evidence["reach_the_label"], evidence["solutions"]) == (1, 4)
    assert (evidence["rival"], evidence["reach_the_rival"]) == ("12.7", 2)
    assert evidence["pairs_that_agree"] == round(1 / 6, 3)
    assert evidence["solution_for_rival"] == RIVAL[0]
    assert evidence["solution_for_label"] == "\\boxed{12.8}"
    assert _audit(SAIL, ["\\boxed{12.7}"] * 8)[0].severity == "warning"


def test_the_label_in_the_majority_is_a_note_and_unanimous_nothing():
    assert [item.severity for item in _audit(EASY, ["\\boxed{36}"] * 3 + ["\\boxed{9}"])] == [
        "note"
    ]
    assert [item.severity for item in _audit(EASY, ["\\boxed{36}", "none"])] == ["note"]
    assert list(_audit(EASY, ["\\boxed{36}"] * 4)) == []


@pytest.mark.parametrize("texts", [["\\boxed{35}", "no"], ["\\boxed{35}"] * 2 + ["no"] * 3])
def test_a_few_stray_answers_are_no_rival(texts):
    (finding,) = _audit(EASY, texts)
    assert finding.severity == "note"


def test_an_answer_hit_at_once_is_a_warning():
    (finding,) = _audit(EASY, ["\\boxed{36}"] * 4, "36} and \\boxed{7}")
    assert (finding.check, finding.severity) == ("forced", "warning")
    assert finding.evidence["reasoning_dependence"] == 0.0


def test_equal_rivals_in_other_spelling_count_as_one():
    claim = Claim(SAIL.with_(answer="5"))
    from sample_engineering.grading import grade

    texts = ("\\boxed{\\frac12}", "\\boxed{0.5}", "\\boxed{3}", "\\boxed{5}")
    solved = Solutions(texts, tuple(grade(text, claim.gold) for text in texts))
    assert solved.rivals(claim.sample) == [("\\frac12", [0, 1]), ("3", [2])]
    assert solved.right == 1


def _script(body):
    text = str(body["messages"])
    answer = "12.7" if "sail" in text else "36"
    return [f"Thus \\boxed{{{answer}}}"] * body.get("n", 1)


def test_a_server_solves_each_problem_and_an_unreadable_label_is_not_asked(tmp_path):
    path = tmp_path / "pool.jsonl"
    se.save_pool([SAIL, EASY, Sample("bad", "What sign?", "/")], path)
    done = []
    with ScriptedServer(_script) as server:
        found = se.audit(
            path, model="m", server=server.url, rollouts=4, seed=3, progress=done.append
        )
        asked = [str(body["messages"]) for body in server.bodies]
    assert sum(done) == 2
    assert not any("What sign" in text for text in asked)
    assert [(item.check, item.sample) for item in found if item.severity == "warning"] == [
        ("agreement", "sail")
    ]
    assert any("forced" in note for note in found.notes)  # this server does not begin answers


def test_the_command_asks_the_server(tmp_path):
    path = tmp_path / "pool.jsonl"
    se.save_pool([SAIL, EASY], path)
    with ScriptedServer(_script) as server:
        options = ["--model", "m", "--server", server.url, "-n", "3", "--checks", "agreement"]
        done = CliRunner().invoke(app, ["audit", str(path), *options])
    assert done.exit_code == 0  # no vote is severe
    assert "0 of 3 solutions reach the label 12.8, 3 reach 12.7" in " ".join(done.output.split())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rollouts": 4, "seed": 1}, "`rollouts`, `seed` would be ignored without a model"),
        ({"template": "boxed"}, "`template` would be ignored"),
        ({"checks": "agreement"}, "needs solutions of a model"),
        ({"checks": "gold", "model": "microcosm"}, "asks the model"),
        ({"server": "http://127.0.0.1:1/v1"}, "`server` needs `model`"),
    ],
)
def test_an_option_that_would_be_ignored_is_an_error(options, message):
    with pytest.raises(ConfigError, match=message):
        se.audit(EASY, **options)


def test_checks_that_need_a_model_are_left_out_without_one():
    run = se.audit(EASY).checks
    assert "agreement" not in run
    assert set(run) < set(registry.names("check"))


def test_the_embedded_model_solves_its_own_problems():
    pytest.importorskip("transformers", reason="needs the extra 'train'")
    from sample_engineering.microcosm import natural_pool

    found = se.audit(natural_pool(seed=0)[:3], model="microcosm", rollouts=4)
    assert {item.check for item in found} >= {"agreement"}
    assert not found.severe
