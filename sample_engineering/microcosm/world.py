"""The microcosm's problems: what pretraining shows, what the pool offers, what is evaluated."""

from collections.abc import Iterator, Sequence

import numpy as np

from sample_engineering.errors import ConfigError
from sample_engineering.microcosm.authors import SHARES, TEXTBOOK, draw_voice, write_document
from sample_engineering.sample import Sample
from sample_engineering.synthesis.compact import (
    Problem,
    Template,
    compact_domains,
    draw_chain,
    draw_problem,
    must_draw,
    templates,
)
from sample_engineering.synthesis.compact.arithmetic import ARITHMETIC, LARGEST

LINKED_SHARE = (0.10, 0.05, 0.02)  # documents that link two, three and four templates
SPLITS = ("seen", "unseen")
EXERCISES = 3  # operations in a textbook's exercise
# Items of each domain; with four samples an item, a domain's standard error is 2 to 3 points.
DEFAULT_ITEMS = 80
_REFERENCES = 1_000_003  # seed of a pool that nobody trains on
_POOL, _BENCHMARK = 1, 2  # keeps the random streams of pool and benchmark apart


def authored_documents(
    rng: np.random.Generator,
    shares: Sequence[float] = SHARES,
    linked: Sequence[float] = LINKED_SHARE,
) -> Iterator[tuple[str, str]]:
    """Yield (problem, an author's solution) without end; nothing held out occurs."""
    for problem in _problems(rng, linked):
        yield problem.text, write_document(problem, draw_voice(rng, shares), rng)


def textbook_documents(
    rng: np.random.Generator, linked: Sequence[float] = LINKED_SHARE, exercises: bool = True
) -> Iterator[tuple[str, str]]:
    """Yield (problem, careful and right solution) without end, half bare exercises if asked."""
    for problem in _problems(rng, linked):
        yield problem.text, write_document(problem, TEXTBOOK, rng)
        if exercises:
            yield _exercise(rng)


def _exercise(rng: np.random.Generator) -> tuple[str, str]:
    """Three operations without words, ``"find 48 + 37; half of 86; 12 * 4."``."""
    asked: list[str] = []
    written: list[str] = []
    value = 0
    names = list(ARITHMETIC)
    while len(asked) < EXERCISES:
        arithmetic = ARITHMETIC[names[int(rng.integers(len(names)))]]
        operands = tuple(
            int(LARGEST ** rng.random()) for _ in range(arithmetic.arity)
        )  # log-uniform: every operation gets operands of its own size
        if arithmetic.name == "percentage":
            operands = (operands[0] % 9 * 10 + 10, operands[1] // 10 * 10)
        if arithmetic.name == "division":
            divisor = operands[1] % 8 + 2
            operands = (operands[0] // divisor * divisor, divisor)
        if arithmetic.allowed(*operands):
            asked.append(arithmetic.pattern.format(*operands))
            written.append(arithmetic.write(operands, careful=True))
            value = arithmetic.result(*operands)
    return f"find {'; '.join(asked)}.", f"{'; '.join(written)}. \\boxed{{{value}}}"


def _problems(rng: np.random.Generator, linked: Sequence[float]) -> Iterator[Problem]:
    seen = [item for item in templates() if not item.held_out]
    domains = compact_domains()
    bounds = np.cumsum(tuple(linked)[::-1])
    while True:
        place = int(np.searchsorted(bounds, rng.random(), side="right"))
        length = len(linked) + 1 - place
        if length == 1:
            chain: Sequence[Template] = [seen[int(rng.integers(len(seen)))]]
        else:
            chain = draw_chain(domains, length, rng)
        problem = draw_problem(chain, rng, band="avoid")
        if problem is not None:
            yield problem


def natural_pool(*, per_template: int = 1, seed: int = 0) -> list[Sample]:
    """Return single-domain samples, `per_template` of each template that pretraining shows.

    Parameters
    ----------
    per_template : int
        Samples of each of the 43 templates.
    seed : int
        Same seed, same samples.
    """
    rng = np.random.default_rng([_POOL, seed])
    pool = []
    for template in templates():
        if template.held_out:
            continue
        for index, problem in enumerate(_distinct([template], per_template, rng, "avoid", set())):
            name = f"{template.name}-{seed}" + (f"-{index}" if per_template > 1 else "")
            pool.append(problem.to_sample(name, seed=seed))
    return pool


def reference_problems(*, per_template: int = 4) -> list[Sample]:
    """Return problems that show what the world demands, none of them in pool or benchmark.

    Parameters
    ----------
    per_template : int
        Problems of each template that pretraining shows.
    """
    return natural_pool(per_template=per_template, seed=_REFERENCES)


def benchmark(
    *, split: str | None = None, n_per_domain: int | None = None, seed: int = 0
) -> list[Sample]:
    """Return held-out problems of every domain.

    Parameters
    ----------
    split : {"seen", "unseen"}, optional
        ``"seen"``: templates of pretraining with other numbers. ``"unseen"``: half from templates
        that pretraining never showed, half with numbers it never gave. None: both, half and half.
    n_per_domain : int, optional
        Items of each domain; `DEFAULT_ITEMS` by default.
    seed : int
        Same seed, same items.

    Returns
    -------
    list of Sample
        ``domains=(name,)``; ``extra`` has `split`, `template` and, where unseen, `held_out`
        (``"template"`` or ``"numbers"``).

    Raises
    ------
    ConfigError
        If `split` is unknown.
    """
    if split is not None and split not in SPLITS:
        raise ConfigError(f"`split` {split!r} is not known; use one of {', '.join(SPLITS)}")
    each = DEFAULT_ITEMS if n_per_domain is None else n_per_domain
    items: list[Sample] = []
    taken = {sample.problem for sample in natural_pool()}
    for number, domain in enumerate(compact_domains()):
        rng = np.random.default_rng([_BENCHMARK, seed, number])
        counts = {split: each} if split else _halves(each, SPLITS)
        for name, count in counts.items():
            for held_out, problem in _items(domain, name, count, rng, taken):
                record = {"split": name, "template": problem.templates[0].name}
                if held_out:
                    record["held_out"] = held_out
                sample = problem.to_sample(f"{domain}-{name}-{seed}-{len(items):04d}", seed=seed)
                items.append(sample.with_(extra=record))
    return items


def _items(
    domain: str, split: str, count: int, rng: np.random.Generator, taken: set[str]
) -> Iterator[tuple[str, Problem]]:
    own = [item for item in templates() if item.domain == domain]
    seen = [item for item in own if not item.held_out]
    if split == "seen":
        yield from (("", item) for item in _distinct(seen, count, rng, "avoid", taken))
        return
    new = [item for item in own if item.held_out]
    halves = _halves(count, ("template", "numbers"))
    for problem in _distinct(new, halves["template"], rng, "avoid", taken):
        yield "template", problem
    for problem in _distinct(seen, halves["numbers"], rng, "require", taken):
        yield "numbers", problem


def _distinct(
    choices: Sequence[Template], count: int, rng: np.random.Generator, band: str, taken: set[str]
) -> Iterator[Problem]:
    """Yield `count` problems, templates in turn, none with a text in `taken`."""
    if band == "require":
        choices = [item for item in choices if draw_problem([item], rng, band=band) is not None]
    made = 0
    while made < count:
        problem = must_draw([choices[made % len(choices)]], rng, band=band)
        if problem.text not in taken:
            taken.add(problem.text)
            made += 1
            yield problem


def _halves(count: int, names: Sequence[str]) -> dict[str, int]:
    return {names[0]: count - count // 2, names[1]: count // 2}
