"""What a reward is, and those of our own.

A reward is a plain function ``(completions, answer, **columns) -> list of float`` that TRL and a
test can call alike, with what it states about itself. One of another package is one such function
and one entry point in the group ``sample_engineering.reward``:

    from sample_engineering.trainers.reward import reward

    @reward(bounds=(0, 1), needs_gold=False)
    def brevity(completions, **columns):
        \"\"\"The shorter the better.\"\"\"
        return [1 / (1 + len(text)) for text in completions]
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sample_engineering import registry
from sample_engineering.errors import ConfigError, TrainingError

if TYPE_CHECKING:
    from sample_engineering.grading import Gold, Grade

RewardFunction = Callable[..., Sequence[float]]
_WITH_GOLD = (
    *("answer", "solution", "ground_truth", "gold", "grades"),
    *("kind", "unit", "tolerance", "choices", "units_allowed"),
)
_WITH_SEED = ("seed", "generation", "rollout")
_WITH_GROUP = ("group", "form")


@dataclass(frozen=True)
class Reward:
    """A reward function and what it states about itself.

    Parameters
    ----------
    function : callable
        ``(completions, answer, **columns)``. Completions are texts, or lists of messages where the
        prompt is a chat; each column has one value a completion. The columns are those of TRL
        (``prompts``, ``completion_ids`` ...), and, where asked for below, these.
    name : str
        As recipes, arms and settings call it.
    summary : str
        One line.
    needs_gold : bool
        Whether it is shown the answer: ``answer`` (text), ``gold`` (`grading.Gold`), ``grades``
        (`grading.Grade`, what the grader says), and ``kind, unit, tolerance, choices,
        units_allowed`` of the sample. A reward that does not need them cannot look.
    seeded : bool
        Whether it draws by chance: it then gets ``seed`` of the run, ``generation``, a count from
        0, and ``rollout``, the number of each completion among those of the generation, whichever
        process it is graded in. It must draw from these only, so that a resumed run, and one with
        another number of processes, draws the same.
    bounds : (float, float)
        Least and greatest value; a value outside is an error.
    grouped : bool
        Whether it compares the rollouts of a group: it then gets all rollouts of the generation in
        one call, those of other processes too, with ``group``, the number of each one's group, and
        ``form``, where its final answer is looked for.
    package : str
        The distribution that brings it and its version; empty for a function at hand.
    """

    function: RewardFunction
    name: str
    summary: str = ""
    needs_gold: bool = True
    seeded: bool = False
    bounds: tuple[float, float] = (-math.inf, math.inf)
    grouped: bool = False
    package: str = ""

    def __call__(self, *arguments: Any, **columns: Any) -> Sequence[float]:
        """Call the function as it stands."""
        return self.function(*arguments, **columns)

    @property
    def title(self) -> str:
        """Name and package, for messages."""
        return f"reward {self.name!r}" + (f" of {self.package}" if self.package else "")

    def values(self, completions: Sequence[Any], **columns: Any) -> list[float]:
        """Return one finite number a completion.

        Parameters
        ----------
        completions : sequence
        **columns
            Everything there is; what the reward did not ask for is held back.

        Raises
        ------
        TrainingError
            If the function fails, or returns anything but one finite number in `bounds` for each
            completion: a broken reward must not pass for a wrong answer.
        """
        held_back = set(() if self.needs_gold else _WITH_GOLD)
        held_back.update(() if self.seeded else _WITH_SEED)
        held_back.update(() if self.grouped else _WITH_GROUP)
        shown = {name: column for name, column in columns.items() if name not in held_back}
        try:
            given = list(self.function(completions=completions, **shown))
        except Exception as error:
            raise TrainingError(
                f"{self.title} failed ({type(error).__name__}: {error}); mend it or choose another "
                "`reward`"
            ) from error
        if len(given) != len(completions):
            raise TrainingError(
                f"{self.title} returned {len(given)} values for {len(completions)} completions; "
                "it must return one for each"
            )
        return [self._checked(value, index) for index, value in enumerate(given)]

    def _checked(self, value: Any, index: int) -> float:
        low, high = self.bounds
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = math.nan
        if isinstance(value, str) or not math.isfinite(number):
            raise TrainingError(
                f"{self.title} returned {value!r} for completion {index}; it must return a finite "
                "number for each"
            )
        if not low <= number <= high:
            raise TrainingError(
                f"{self.title} returned {number:g} for completion {index}, outside its bounds "
                f"{low:g} to {high:g}; mend the function or what it states"
            )
        return number


def reward(
    name: str | None = None,
    *,
    summary: str | None = None,
    needs_gold: bool = True,
    seeded: bool = False,
    bounds: tuple[float, float] = (-math.inf, math.inf),
    grouped: bool = False,
) -> Callable[[RewardFunction], Reward]:
    """Declare the decorated function a reward; see `Reward`.

    Parameters
    ----------
    name : str, optional
        By default the function's name; the name of its entry point counts.
    summary : str, optional
        By default the first line of the function's docstring.
    needs_gold, seeded, bounds, grouped
        See `Reward`.
    """

    def declared(function: RewardFunction) -> Reward:
        called = name or function.__name__.replace("_", "-")
        text = _first_line(function) if summary is None else summary
        return Reward(function, called, text, needs_gold, seeded, bounds, grouped)

    return declared


def as_reward(function: Reward | RewardFunction) -> Reward:
    """Return a reward; a bare function is one that states nothing but its name."""
    if isinstance(function, Reward):
        return function
    called = getattr(function, "__name__", type(function).__name__)
    return Reward(function, called, _first_line(function))


def find_reward(name: str) -> Reward:
    """Return the registered reward of that name.

    Raises
    ------
    ConfigError
        If there is none (the message names near ones), or it is no reward.
    """
    found = registry.find("reward", name, "reward")
    component = registry.component("reward", name)
    package = component.origin if component.foreign and component.package else ""
    if not callable(found):
        raise ConfigError(
            f"what {component.origin} registers as the reward {name!r} is a "
            f"{type(found).__name__}; it must be a function (completions, answer, **columns)"
        )
    return replace(as_reward(found), name=name, package=package)


def _first_line(function: Any) -> str:
    return (getattr(function, "__doc__", None) or "").strip().partition("\n")[0]


@reward("correctness", bounds=(0, 1))
def correctness(
    completions: Sequence[Any], answer: Sequence[str], *, grades: Sequence["Grade"], **_: Any
) -> list[float]:
    """1 where the final answer is right, else 0."""
    return [float(grade.correct) for grade in grades]


@reward("format", bounds=(0, 1))
def readable_format(
    completions: Sequence[Any], answer: Sequence[str], *, grades: Sequence["Grade"], **_: Any
) -> list[float]:
    """1 where there is a readable final answer, right or wrong, else 0.

    A control, as in "Spurious Rewards" (arXiv 2506.10947).
    """
    return [float(grade.readable) for grade in grades]


@reward("nothing", needs_gold=False, bounds=(0, 1))
def nothing(completions: Sequence[Any], **_: Any) -> list[float]:
    """0 for every completion: what else the loss holds is all that trains."""
    return [0.0] * len(completions)


@reward("majority", needs_gold=False, grouped=True, bounds=(0, 1))
def majority_answer(
    completions: Sequence[Any], *, group: Sequence[int], form: str, **_: Any
) -> list[float]:
    """1 where the final answer is the one that most rollouts of the group give, else 0.

    Without any gold: TTRL, arXiv 2504.16084. A group in which no answer can be read gets 0.
    """
    from sample_engineering.grading import completion_text, majority_vote

    texts = [completion_text(completion) for completion in completions]
    values = [0.0] * len(texts)
    for number in dict.fromkeys(group):
        members = [index for index, one in enumerate(group) if one == number]
        vote = majority_vote([texts[index] for index in members], form=form)
        for index, agrees in zip(members, vote.agrees, strict=True):
            values[index] = float(agrees)
    return values


@reward("incorrect", grouped=True, bounds=(0, 1))
def popular_mistake(
    completions: Sequence[Any],
    answer: Sequence[str],
    *,
    group: Sequence[int],
    form: str,
    grades: Sequence["Grade"],
    **_: Any,
) -> list[float]:
    """1 where the final answer is the wrong one that most rollouts of the group give, else 0.

    A control, after the incorrect labels of "Spurious Rewards" (arXiv 2506.10947): there the label
    is a wrong majority answer of the base model, here the commonest wrong answer of each group. A
    group without a readable wrong answer gets 0.
    """
    from sample_engineering.grading import completion_text, majority_vote

    values = [0.0] * len(completions)
    for number in dict.fromkeys(group):
        wrong = [
            index
            for index, one in enumerate(group)
            if one == number and grades[index].readable and not grades[index].correct
        ]
        if not wrong:
            continue
        vote = majority_vote([completion_text(completions[index]) for index in wrong], form=form)
        for index, agrees in zip(wrong, vote.agrees, strict=True):
            values[index] = float(agrees)
    return values


# `bonus_reward_coef` and `bonus_constraint` of github.com/zrguo/Observe-R1 at 418547ad, in tokens.
_BONUS, _LONG_ENOUGH = 0.2, 100
_SHARE = 0.5  # of the mean length of right rollouts: the bound of the bonus where they are short


@reward("concise", grouped=True, bounds=(0, 1 + _BONUS))
def concise(
    completions: Sequence[Any],
    answer: Sequence[str],
    *,
    grades: Sequence["Grade"],
    completion_ids: Sequence[Sequence[int]],
    group: Sequence[int],
    **_: Any,
) -> list[float]:
    """1 where right, and 0.2 more for the shortest right rollout of the group, else 0.

    The bonus of Observe-R1 (arXiv 2505.12432), as its repository gives it: one of 100 tokens or
    fewer gets none, so that reasoning is not trained away; of several as short the first gets it.
    For models that need fewer tokens anyway the bound is half the mean of the group's right ones,
    where that is less, which is our choice.
    """
    lengths = [len(ids) for ids in completion_ids]
    values = [float(grade.correct) for grade in grades]
    right: dict[int, list[int]] = {}
    for place, number in enumerate(group):
        if values[place]:
            right.setdefault(number, []).append(place)
    for places in right.values():
        usual = sum(lengths[place] for place in places) / len(places)
        shortest = min(places, key=lambda place: lengths[place])
        if lengths[shortest] > min(_LONG_ENOUGH, _SHARE * usual):
            values[shortest] += _BONUS
    return values


@reward("random", needs_gold=False, seeded=True, bounds=(0, 1))
def coin_flip(
    completions: Sequence[Any], *, seed: int, generation: int, rollout: Sequence[int], **_: Any
) -> list[float]:
    """0 or 1 by chance, whatever the completion; depends on seed, generation and number only.

    A control, as in "Spurious Rewards" (arXiv 2506.10947).
    """
    import numpy as np

    # All coins of the generation up to the last one asked for: each process takes its own of them.
    coins = np.random.default_rng([seed, generation]).integers(0, 2, max(rollout) + 1)
    return [float(coins[number]) for number in rollout]


def gold_columns(golds: Sequence["Gold"]) -> dict[str, list[Any]]:
    """Return what a reward is shown of gold answers, one value a completion each."""
    return {
        "answer": [gold.text for gold in golds],
        "gold": list(golds),
        "kind": [gold.kind if gold.declared else None for gold in golds],
        "unit": [gold.unit for gold in golds],
        "tolerance": [gold.tolerance for gold in golds],
        "choices": [gold.choices for gold in golds],
        "units_allowed": [gold.units_allowed for gold in golds],
    }
