"""What is offered to another harness: the problems of a benchmark as they are asked, and a grade.

The prompts, golds, answer forms and grades are those of `evaluation.evaluate`: the same
completions have the same accuracy here and there.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sample_engineering.errors import ConfigError
from sample_engineering.evaluation import Benchmark, load_benchmark
from sample_engineering.evaluation.benchmark import domain_of
from sample_engineering.generation.asking import Protocol
from sample_engineering.generation.prompts import has_images
from sample_engineering.grading import Grade, grade
from sample_engineering.grading.columns import OPTION_COLUMNS, golds_of
from sample_engineering.sample import Sample


@dataclass(frozen=True, slots=True)
class Offered:
    """One problem.

    Parameters
    ----------
    item : Sample
    domain : str
    system : str
        The system message; empty for none.
    prompt : str
        What the user says, or the text to be continued.
    protocol : Protocol
        How it is asked.
    """

    item: Sample
    domain: str
    system: str
    prompt: str
    protocol: Protocol

    @property
    def gold(self) -> str:
        """What `graded` needs, as JSON."""
        options = {**self.item.to_dict(), "problem": self.item.problem, "form": self.protocol.form}
        names = ("answer", "problem", "form", *OPTION_COLUMNS)
        return json.dumps({name: options[name] for name in names if name in options})


def composed_name(n: int, seed: int | None, domains: str | None) -> str:
    """Return the name of a benchmark of so many freshly composed problems."""
    settings = {"n": n, "seed": seed, "domains": domains, "from": "composed"}
    told = (f"{name}={value}" for name, value in settings.items() if value is not None)
    return f"fresh?{'&'.join(told)}"


def offered(
    benchmark: "Benchmark | str | list[str] | None",
    *,
    per_domain: int | None = None,
    seed: int = 0,
    on_error: str = "fail",
    template: str | None = None,
) -> list[Offered]:
    """Return the problems of a benchmark as a harness shall ask them.

    Parameters
    ----------
    benchmark : Benchmark, str or list of str
        As `load_benchmark` takes it.
    per_domain, seed, on_error
        As there.
    template : str, optional
        Prompt template instead of the benchmark's.

    Raises
    ------
    ConfigError
        If no benchmark is named, or a setting cannot be used.
    SampleEngineeringError
        If it cannot be read.
    """
    if benchmark is None:
        raise ConfigError(
            "no benchmark is named; give one as `benchmark`: math500, math500@PATH, fresh, a file "
            "of problems"
        )
    if isinstance(benchmark, Benchmark):
        loaded = benchmark if template is None else benchmark.with_asked(template=template)
    else:
        loaded = load_benchmark(
            benchmark, per_domain=per_domain, seed=seed, on_error=on_error, template=template
        )
    _ = loaded.golds  # raises where one cannot be read
    return list(_offered(loaded))


def _offered(benchmark: Benchmark) -> Iterator[Offered]:
    for member, places in benchmark.parts:
        for place in places:
            item = benchmark.items[place]
            if item.tolerance is None and benchmark.tolerance is not None:
                item = item.with_(tolerance=benchmark.tolerance)
            asked = member.protocol.prompt(item)
            if has_images(asked):
                raise ConfigError(
                    f"{item.id} shows images, and other harnesses are offered texts only; leave "
                    "problems with images out, or ask them with `se evaluate`"
                )
            turns = [{"role": "user", "content": asked}] if isinstance(asked, str) else asked
            said = {str(turn["role"]): str(turn["content"]) for turn in turns}
            yield Offered(
                item, domain_of(item), said.get("system", ""), said["user"], member.protocol
            )


def graded(gold: str | Mapping[str, Any], completion: str) -> Grade:
    """Return the grade of a completion, given `Offered.gold` or a mapping like it.

    Raises
    ------
    GoldError
        If the gold cannot be read.
    """
    told = json.loads(gold) if isinstance(gold, str) else dict(gold)
    golds = golds_of(told["answer"], told, told.get("problem"))
    grades = [grade(completion, one, form=str(told.get("form") or "boxed")) for one in golds]
    return next((one for one in grades if one.correct), grades[0])
