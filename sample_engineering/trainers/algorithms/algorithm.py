"""What a training algorithm states about itself: paper, settings, options, cost.

An algorithm is one declaration, an `Algorithm`, in a file of its own. One of another package is one
such object and one entry point in the group ``sample_engineering.algorithm``:

    from sample_engineering.trainers.algorithms import Algorithm

    gentle = Algorithm("gentle", "GRPO that clips early", fixed={"epsilon": 0.05})

Nothing here imports torch; `Algorithm.trainer` names the class that does.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, replace
from math import inf, isfinite
from typing import TYPE_CHECKING, Any

from sample_engineering import registry
from sample_engineering.errors import ConfigError

if TYPE_CHECKING:
    from sample_engineering.trainers.recipes import Recipe

PLAIN = "grpo"  # what trains where nothing is said
OPTIONS = "algorithm_options"  # the field of a recipe that holds them
_STEERED = "sample_engineering.trainers.steered:SteeredTrainer"


@dataclass(frozen=True)
class Option:
    """A setting that one algorithm has, and recipes in general do not.

    Parameters
    ----------
    default : int or float
        Its type is that of every value.
    meaning : str
        In words.
    low, high : float
        Least and greatest value.
    """

    default: int | float
    meaning: str
    low: float = -inf
    high: float = inf

    def checked(self, name: str, value: Any) -> int | float:
        """Return a value, number or text, as the type of the option.

        Raises
        ------
        ConfigError
            If it is none, or out of bounds.
        """
        kind = type(self.default)
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = inf
        if isinstance(value, bool) or not isfinite(number) or number != kind(number):
            wanted = "a whole number" if kind is int else "a number"
            raise ConfigError(f"`{name}` must be {wanted}, not {value!r}")
        if not self.low <= number <= self.high:
            ends = f"{self.low:g} or more" if self.high == inf else f"{self.low:g} to {self.high:g}"
            raise ConfigError(f"`{name}` must be {ends}, not {number:g}")
        return kind(number)


@dataclass(frozen=True)
class Cost:
    """What an algorithm takes beyond a plain step of GRPO on the same rollouts.

    Parameters
    ----------
    forward : float
        Forward passes over the rollouts of a step that GRPO does not make.
    trained : float
        Passes with a gradient over as many rows as a step has rollouts, a step; GRPO makes
        ``epochs`` of them.
    value_head : bool
        Whether it keeps the statistics of a linear value head.
    base_copy : bool
        Whether it keeps a copy of the weights that it starts from, in the machine's memory.
    """

    forward: float = 0.0
    trained: float | None = None
    value_head: bool = False
    base_copy: bool = False


@dataclass(frozen=True)
class Algorithm:
    """How rollouts and rewards become an update of the weights.

    Parameters
    ----------
    name : str
        As recipes and the command line call it.
    summary : str
        One line.
    paper : str
        The arXiv number of what it is taken from.
    read : str
        What of that was read: ``full text``, ``code`` (whose) or ``abstract``.
    fixed : mapping
        What makes it: fields of the recipe or of TRL's ``GRPOConfig``; another value is an error.
    defaults : mapping
        What its paper sets, too; it holds unless the user says otherwise.
    options : mapping from name to Option
        Settings of its own.
    ignores : mapping from name to text
        Fields of the recipe, or of ``GRPOConfig``, that it does not read, and why; setting one is
        an error.
    trainer : str
        Dotted path of the class that trains, a `steered.SteeredTrainer`.
    shape : callable, optional
        ``(rewards, lengths, recipe) -> rewards``: what it adds to rewards, lengths in tokens.
    marks : mapping from name to text
        Texts that it puts before the problem while it trains, by what they mean.
    condition : str
        The one of `marks` that stands before each problem when the trained model is asked.
    cost : callable
        ``recipe -> Cost``.
    differs : tuple of str
        What is not as in the paper, and which choices are ours.

    Raises
    ------
    ConfigError
        If the condition is no mark.
    """

    name: str
    summary: str
    paper: str = ""
    read: str = ""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Option] = field(default_factory=dict)
    ignores: Mapping[str, str] = field(default_factory=dict)
    trainer: str = _STEERED
    shape: "Callable[[Sequence[float], Sequence[int], Recipe], list[float]] | None" = None
    marks: Mapping[str, str] = field(default_factory=dict)
    condition: str = ""
    cost: "Callable[[Recipe], Cost]" = lambda recipe: Cost()
    differs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.condition and self.condition not in self.marks:
            raise ConfigError(f"the algorithm {self.name!r} has no mark {self.condition!r}")

    @property
    def said_before(self) -> str:
        """What stands before each problem when the trained model is asked; empty for nothing."""
        return self.marks[self.condition] if self.condition else ""

    @property
    def own_options(self) -> dict[str, int | float]:
        """Its options at their defaults."""
        return {name: option.default for name, option in self.options.items()}

    def shaping(
        self, recipe: "Recipe"
    ) -> "Callable[[Sequence[float], Sequence[int]], list[float]] | None":
        """Return what it adds to rewards in a recipe, see `shape`; None for nothing."""
        shape = self.shape
        if shape is None:
            return None
        return lambda rewards, lengths: shape(rewards, lengths, recipe)

    def started(self, recipe: "Recipe") -> "Recipe":
        """Return a recipe, written for another algorithm, for this one.

        What the other set, and what this one ignores, goes back to the defaults of `Recipe`; then
        comes what this one sets.
        """
        if recipe.algorithm == self.name:
            return recipe
        before = find_algorithm(recipe.algorithm)
        left = {
            name: default_of(recipe, name)
            for name, value in {**before.defaults, **before.fixed}.items()
            if value_of(recipe, name) == value
        }
        left |= {name: default_of(recipe, name) for name in self.ignores}
        wanted = {**left, **self.defaults, **self.fixed}
        own = {name: value for name, value in wanted.items() if name in _names(recipe)}
        trl = {name: value for name, value in recipe.trl.items() if name not in wanted}
        trl |= {
            name: value for name, value in wanted.items() if name not in own and value is not None
        }
        changed = {name for name, value in own.items() if getattr(recipe, name) != value}
        sources = {name: text for name, text in recipe.sources.items() if name not in changed}
        if self.paper:
            given = {name for name in own if name in {**self.defaults, **self.fixed}}
            sources |= dict.fromkeys(given, f"the algorithm {self.name}, arXiv {self.paper}")
        return replace(
            recipe,
            algorithm=self.name,
            algorithm_options=self.own_options,
            sources=dict(sorted(sources.items())),
            trl=trl,
            **own,
        )

    def refuse_ignored(self, names: Sequence[str]) -> None:
        """Raise ConfigError where one of the names is a setting that this algorithm ignores."""
        for name in names:
            if name in self.ignores:
                raise ConfigError(
                    f"`{name}` would be ignored: the algorithm {self.name} {self.ignores[name]}; "
                    "leave it out"
                )

    def check(self, recipe: "Recipe") -> dict[str, int | float]:
        """Return the options of a recipe, all of them, checked.

        Raises
        ------
        ConfigError
            If the recipe sets what this algorithm ignores, or otherwise than it must be.
        """
        for name, value in self.fixed.items():
            if (found := value_of(recipe, name)) != value:
                raise ConfigError(
                    f"the algorithm {self.name} is `{name}`={value}, not {found}; leave `{name}` "
                    "out, or choose another `algorithm`"
                )
        self.refuse_ignored(
            [n for n in self.ignores if value_of(recipe, n) != default_of(recipe, n)]
        )
        if unknown := [name for name in recipe.algorithm_options if name not in self.options]:
            known = ", ".join(self.options) or "none"
            raise ConfigError(
                f"`{unknown[0]}` is no option of the algorithm {self.name}; it has {known}"
            )
        return {
            name: option.checked(name, recipe.algorithm_options.get(name, option.default))
            for name, option in self.options.items()
        }


def find_algorithm(name: str) -> Algorithm:
    """Return the registered algorithm of that name.

    Raises
    ------
    ConfigError
        If there is none (the message names near ones), or what is registered is no algorithm.
    """
    return registry.find_named(
        "algorithm", name, "algorithm", Algorithm, "trainers.algorithms.Algorithm"
    )


def option_owners(name: str) -> list[str]:
    """Return the algorithms that have an option of that name."""
    return [one for one in registry.names("algorithm") if name in find_algorithm(one).options]


def _names(recipe: "Recipe") -> set[str]:
    return {item.name for item in fields(recipe)}


def value_of(recipe: "Recipe", name: str) -> Any:
    """Return a setting of a recipe, or of TRL; None where TRL's default holds."""
    return getattr(recipe, name) if name in _names(recipe) else recipe.trl.get(name)


def default_of(recipe: "Recipe", name: str) -> Any:
    """Return a setting as it is where nothing is said; None for one of TRL's."""
    for item in fields(recipe):
        if item.name == name:
            made = item.default_factory
            return item.default if made is MISSING else made()
    return None
