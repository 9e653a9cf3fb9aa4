"""What is offered to other harnesses, without them."""

import pytest

from sample_engineering.errors import ConfigError
from sample_engineering.evaluation import Benchmark, evaluate
from sample_engineering.generation import BaseGenerator, Completion
from sample_engineering.harnesses.offered import graded, offered
from tests.harnesses.problems import PROBLEMS, said, write


class Scripted(BaseGenerator):
    def generate(self, prompts, sampling, *, schema=None, progress=None):
        texts = [said(p if isinstance(p, str) else p[-1]["content"]) for p in prompts]
        return [[Completion(text, tokens=1, finish_reason="stop")] for text in texts]


@pytest.mark.parametrize("template", ["plain", "boxed", "qwen-math"])
@pytest.mark.parametrize("tolerance", [None, 0.05])
def test_a_completion_has_the_grade_that_an_evaluation_gives_it(template, tolerance):
    benchmark = Benchmark("mine", PROBLEMS, template=template, tolerance=tolerance)
    problems = offered(benchmark)
    here = evaluate(Scripted("scripted"), benchmark, greedy=True)
    there = [graded(one.gold, said(one.prompt)).correct for one in problems]
    assert list(here.table["correct"]) == there
    assert 0 < sum(there) < len(there)
    assert bool(problems[0].system) is (template == "qwen-math")


def test_what_is_offered_is_the_file_and_its_settings(tmp_path):
    path = write(tmp_path)
    assert [one.item.id for one in offered(str(path))] == [one.id for one in PROBLEMS]
    assert len(offered(str(path), per_domain=1)) == 4
    assert offered(str(path), template="{problem} Go.")[0].prompt.endswith(" Go.")
    with pytest.raises(ConfigError, match="no benchmark is named"):
        offered(None)


def test_any_of_several_golds_is_right():
    assert graded({"answer": ["4", "5"]}, "\\boxed{5}").correct
    assert not graded({"answer": ["4", "5"]}, "\\boxed{6}").correct
