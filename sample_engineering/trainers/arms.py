"""Control arms: what a validation compares the sample with.

An arm is one declaration, a `ControlArm`; one of another package is one such object and one entry
point in the group ``sample_engineering.arm``:

    from sample_engineering.trainers.arms import Arm, ControlArm

    def _draw(sample, others, seed):
        return Arm("longest", samples=(max(others, key=lambda one: len(one.problem)),), seed=seed)

    longest = ControlArm(
        "longest", "trained on the longest problem of the pool", draw=_draw, needs_pool=True
    )
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sample_engineering import registry
from sample_engineering.errors import ConfigError
from sample_engineering.sample import Sample
from sample_engineering.trainers.reward import find_reward
from sample_engineering.trainers.ways import WAYS

if TYPE_CHECKING:
    import numpy as np

    from sample_engineering.trainers.recipes import Recipe

PRESETS = ("none", "basic", "full")
_EVERY_SEED = "full"  # the preset in which each arm is trained with every seed
_FEWEST_ROLLOUTS = 8  # of a group that is spread: fewer estimate its mean badly
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_ENDINGS = re.compile(r".*-(greedy|seed-\d+)")  # of files of the run folder, after an arm's name
_TAKEN = (*PRESETS, "sample", "before", "after")  # presets, and files of the run folder


@dataclass(frozen=True)
class Arm:
    """One thing to compare with, drawn for one seed.

    Parameters
    ----------
    name : str
        As in the files of the run folder.
    meaning : str
        In words; empty takes that of the declaration.
    samples : tuple of Sample
        What is trained on; empty where nothing is trained.
    reward : str or None
        Instead of the recipe's reward.
    seed : int
        Training seed; of an arm without training, 0.
    reading : str, optional
        The only reading that it is evaluated in; None is every reading of the run.
    in_context : bool
        Whether the base model is shown the solved sample, in an arm without training.
    way : str, optional
        How else the base model is asked in an arm without training, one of `ways.WAYS`.
    spread : int
        Groups that the rollouts of a step are spread over, as far as the recipe has fewer; 0 leaves
        them as they are.
    in_order : bool
        Whether the samples are trained on in their order, from the first at the first step to the
        last at the last one.
    needs : mapping
        Fields of the recipe that the arm cannot do without, each with its value where the recipe
        leaves it at its default.
    rewarded : bool
        Whether it learns from rewards; if not, it counts as trained though none differ.
    settings : mapping
        Fields of the recipe that make the arm, each with its value, whatever the recipe says.
    """

    name: str
    meaning: str = ""
    samples: tuple[Sample, ...] = ()
    reward: str | None = None
    seed: int = 0
    reading: str | None = None
    in_context: bool = False
    needs: Mapping[str, Any] = field(default_factory=dict, hash=False)
    rewarded: bool = True
    way: str | None = None
    spread: int = 0
    settings: Mapping[str, Any] = field(default_factory=dict, hash=False)
    in_order: bool = False

    def __post_init__(self) -> None:
        if self.way is not None and (self.way not in WAYS or self.samples):
            what = "is asked in no way, since it trains" if self.samples else "is asked in no"
            raise ConfigError(
                f"the arm {self.name!r} {what} `way` {self.way!r}; leave it out, or choose one of "
                f"{', '.join(WAYS)} without samples"
            )

    def recipe(self, recipe: "Recipe") -> "Recipe":
        """Return how this arm trains, of a recipe for the sample."""
        usual = type(recipe)()
        changes = {
            name: value
            for name, value in self.needs.items()
            if getattr(recipe, name) == getattr(usual, name)
        }
        if not self.rewarded:
            changes["dead_stop"] = 0  # no step would be alive
        groups = max(
            number
            for number in range(1, max(self.spread, 1) + 1)
            if (recipe.group_size % number == 0 and recipe.group_size // number >= _FEWEST_ROLLOUTS)
            or number == 1
        )
        if groups > recipe.groups:  # the same rollouts a step
            size = recipe.rollouts // groups
            changes |= {"groups": groups, "group_size": size}
        changed = recipe.with_(**changes) if changes else recipe
        if not self.settings:
            return changed
        from sample_engineering.trainers.recipes import override

        return override(changed, self.settings)

    @property
    def trains(self) -> bool:
        """Whether a model is trained in this arm."""
        return bool(self.samples)


Draw = Callable[[Sample, Sequence[Sample], int], Arm]


@dataclass(frozen=True)
class ControlArm:
    """What an arm states about itself.

    Parameters
    ----------
    name : str
        Small letters, digits and hyphens, as in files and options.
    meaning : str
        In words: what is done in this arm.
    draw : callable
        ``(sample, others, seed) -> Arm``: the sample under validation, the pool without it, and the
        training seed. Whatever it draws by chance it draws from `rng`.
    presets : tuple of str
        Which of ``basic`` and ``full`` it belongs to; by its name it can be asked for anyway.
    trains : bool
        Whether a model is trained in it.
    needs_pool : bool
        Whether it cannot be drawn without others.
    reward : str, optional
        Name of its reward, instead of the recipe's.
    stream : int, optional
        Number that, with the seed, decides its draws; by default a hash of its name. Neither
        depends on which other arms there are.

    Raises
    ------
    ConfigError
        If the name is taken or cannot be a file's, or there is no such preset.
    """

    name: str
    meaning: str
    draw: Draw
    presets: tuple[str, ...] = ()
    trains: bool = True
    needs_pool: bool = False
    reward: str | None = None
    stream: int | None = None

    def __post_init__(self) -> None:
        taken = self.name in _TAKEN or _ENDINGS.fullmatch(self.name)
        if not _NAME.fullmatch(self.name) or taken:
            raise ConfigError(
                f"{self.name!r} is no name for an arm: at most 64 small letters, digits and "
                f"hyphens, none of {', '.join(_TAKEN)}, and no ending -greedy or -seed-N"
            )
        if unknown := [name for name in self.presets if name not in PRESETS[1:]]:
            raise ConfigError(
                f"arm {self.name!r}: no preset {unknown[0]!r}; "
                f"{registry.suggestion(unknown[0], PRESETS[1:])}"
            )

    @property
    def summary(self) -> str:
        """One line."""
        return self.meaning

    def rng(self, seed: int) -> "np.random.Generator":
        """Return the random numbers of this arm for a training seed."""
        import numpy as np

        stream = self.stream
        if stream is None:
            digest = hashlib.sha256(self.name.encode()).digest()
            stream = int.from_bytes(digest[:8], "big")
        return np.random.default_rng([seed, stream])


def find_arm(name: str) -> ControlArm:
    """Return the registered arm of that name, with its reward known.

    Raises
    ------
    ConfigError
        If there is none (the message names near ones), or what is registered is no arm.
    """
    found = registry.find_named("arm", name, "controls", ControlArm, "trainers.arms.ControlArm")
    if found.reward is not None:
        find_reward(found.reward)
    return found


def chosen_arms(controls: str) -> tuple[ControlArm, ...]:
    """Return the arms that a preset or a comma list of names means.

    Parameters
    ----------
    controls : str
        ``none``, ``basic``, ``full``, or names such as ``format-only,random-sample``.

    Raises
    ------
    ConfigError
        If a name is unknown or given twice.
    """
    if controls == "none":
        return ()
    if controls in PRESETS:
        arms = [find_arm(name) for name in registry.names("arm")]
        return tuple(arm for arm in arms if controls in arm.presets)
    names = [name.strip() for name in controls.split(",")]
    known = registry.names("arm")
    for name in names:
        if name in PRESETS:
            raise ConfigError(f"`controls` {name!r} is a preset and stands alone, or list its arms")
        if name not in known:
            near = registry.suggestion(name, (*PRESETS, *known))
            raise ConfigError(f"`controls` {name!r} is no preset and no arm; {near}")
    if len(set(names)) < len(names):
        raise ConfigError(f"`controls` {controls!r} names an arm twice; name each once")
    return tuple(find_arm(name) for name in names)


def control_arms(
    controls: str, sample: Sample, pool: Iterable[Sample], seeds: Sequence[int]
) -> list[Arm]:
    """Draw the control arms of a preset, or those that are named.

    Parameters
    ----------
    controls : str
        ``none``; ``basic``: the controls that decide what a lift is worth, trained with the first
        seed; ``full``: all, each trained with every seed; or a comma list of arms, which are
        trained with every seed too.
    sample : Sample
        The sample under validation; it is never drawn from the pool.
    pool : iterable of Sample
        What random samples are drawn from; without one, a preset leaves those arms out.
    seeds : sequence of int
        Training seeds.

    Raises
    ------
    ConfigError
        If an arm is unknown, asked for by name without the pool that it needs, or its draw fails.
    """
    others = [item for item in pool if item.id != sample.id and item.problem != sample.problem]
    arms = []
    for declared in chosen_arms(controls):
        if declared.needs_pool and not others:
            if controls in PRESETS:
                continue
            raise ConfigError(
                f"the arm {declared.name!r} of `controls` draws from a pool; give `pool`"
            )
        every = declared.trains and (controls == _EVERY_SEED or controls not in PRESETS)
        arms += [_drawn(declared, sample, others, seed) for seed in (seeds if every else seeds[:1])]
    return arms


def _drawn(declared: ControlArm, sample: Sample, others: Sequence[Sample], seed: int) -> Arm:
    try:
        arm = declared.draw(sample, others, seed)
    except Exception as error:
        raise ConfigError(
            f"the arm {declared.name!r} of {_origin(declared)} cannot be drawn "
            f"({type(error).__name__}: {error}); mend it, or leave it out of `controls`"
        ) from error
    kept = isinstance(arm, Arm) and (arm.name, arm.trains) == (declared.name, declared.trains)
    if not (kept and all(isinstance(one, Sample) for one in arm.samples)):
        raise ConfigError(
            f"the arm {declared.name!r} of {_origin(declared)} drew {arm!r:.80}; it must "
            f"draw an Arm of that name, {'with' if declared.trains else 'without'} samples"
        )
    return replace(
        arm, meaning=arm.meaning or declared.meaning, reward=arm.reward or declared.reward
    )


def _origin(declared: ControlArm) -> str:
    return registry.component("arm", declared.name).origin
