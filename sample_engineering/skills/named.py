"""What a tagger names, held against what taggers promise."""

from collections.abc import Mapping, Sequence
from typing import Any

from sample_engineering.errors import ConfigError, SampleEngineeringError
from sample_engineering.registry import suggestion
from sample_engineering.sample import Sample
from sample_engineering.skills.tagging import Tagger
from sample_engineering.skills.taxonomy import known_skills

_OURS = "sample_engineering."


def named_skills(tagger: Tagger, samples: Sequence[Sample]) -> list[Mapping[str, float] | None]:
    """Let a tagger name the skills of problems.

    Returns
    -------
    list of mapping or None
        The weight in (0, 1] of each skill of each sample; None where it can say nothing.

    Raises
    ------
    ConfigError
        If a tagger of another package fails, or names something else.
    """
    called = type(tagger).__name__
    try:
        found = list(tagger.tag(samples))
    except SampleEngineeringError:
        raise
    except Exception as error:
        if type(tagger).__module__.startswith(_OURS):
            raise
        told = f"the tagger {called} fails ({type(error).__name__}: {error}); mend its package"
        raise ConfigError(told) from error
    if len(found) != len(samples):
        raise ConfigError(
            f"the tagger {called} answers for {len(found)} of {len(samples)} samples; let it "
            "return one mapping, or None, for each"
        )
    known = dict.fromkeys(known_skills())
    for tags in found:
        if tags is not None and (wrong := _fault(tags, known)):
            raise ConfigError(f"the tagger {called} {wrong}")
    return found


def _fault(tags: Any, known: Mapping[str, None]) -> str:
    if not isinstance(tags, Mapping):
        return f"returns a {type(tags).__name__} for a sample; let it return a mapping, or None"
    for skill, weight in tags.items():
        if skill not in known:
            return f"names a skill {skill!r} that no domain brings; {suggestion(str(skill), known)}"
        if not (isinstance(weight, int | float) and 0 < weight <= 1):
            return f"gives {skill!r} the weight {weight!r}; let it give more than 0 and at most 1"
    return ""
