"""How every arm of a run was trained and asked, as one digest: what can be compared has the same.

The digest covers the settings and not what they are applied to: two samples, or two base models,
that were trained and asked alike share it. Arms of one run share it too, but for what each arm
states itself: its samples, its reward, and the settings that it cannot do without.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sample_engineering.errors import ConfigError
from sample_engineering.evaluation.readings import GREEDY
from sample_engineering.files import finite
from sample_engineering.generation.asking import Protocol
from sample_engineering.runs.config import EvaluationSettings, RunConfig
from sample_engineering.runs.result import RunProtocol

# Fields of a recipe that change neither what is learnt nor what is measured.
_UNDECISIVE = (
    *("name", "sources", "evaluation", "micro_batch", "gradient_checkpointing"),
    *("save_every", "eval_every", "watch_items"),
)
# Fields that later versions brought, each with the value at which it changes nothing: then it is
# not in the digest, so that runs of both versions can be compared.
LATER: Mapping[str, Any] = {"warm_start": "none"}
# What goes with one of them says nothing either where it changes nothing.
_WITH: Mapping[str, tuple[str, ...]] = {
    "warm_start": ("warm_rollouts", "warm_texts", "warm_steps", "warm_lr")
}
_DIGITS = 16  # of the digest: 64 bits, as of `generation.Protocol`


def protocol_of(config: RunConfig) -> RunProtocol:
    """Return how a run trains and asks, from its ``config.json``.

    Parameters
    ----------
    config : RunConfig
        Of any format: what an older version did not write is not in the digest.
    """
    silent = {name for name, value in config.recipe.items() if _unchanged(name, value)}
    silent |= {part for name in silent for part in _WITH.get(name, ())}
    kept = {
        name: value
        for name, value in config.recipe.items()
        if name not in _UNDECISIVE and name not in silent
    }
    training = {**kept, "asked": dict(config.training)}
    evaluation = {
        reading: _asked(config.evaluation, config.hashes.benchmark, reading == GREEDY)
        for reading in config.evaluation.readings
    }
    content = {"training": training, "evaluation": evaluation}
    text = json.dumps(finite(content), sort_keys=True, default=str)
    digest = hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
    return RunProtocol(digest, training, evaluation)


def _unchanged(name: str, value: Any) -> bool:
    found = list(value) if isinstance(value, tuple) else value
    return name in LATER and found == LATER[name]


def _asked(settings: EvaluationSettings, items: str, greedy: bool) -> dict[str, Any]:
    """Return how one reading is asked."""
    members = {one.name: (one.rollouts, one.protocol) for one in settings.members}
    if not members:
        members = {settings.benchmark: (None, settings.protocol)}
    return {
        "benchmark": settings.benchmark,
        "items": items,
        "seed": settings.seed,
        "engine": settings.engine,
        "members": {
            name: _member(protocol, rollouts or settings.rollouts, greedy)
            for name, (rollouts, protocol) in members.items()
        },
    }


def _member(protocol: Mapping[str, Any], rollouts: int, greedy: bool) -> dict[str, Any]:
    try:
        asked = Protocol.from_dict(protocol) if protocol else None
    except ConfigError:  # of a newer version, or damaged: it stands as it is
        asked = None
    if asked is None:
        return {"rollouts": 1 if greedy else rollouts, "protocol": dict(protocol)}
    if greedy or asked.temperature == 0:
        return {"rollouts": 1, "protocol": asked.greedy().record()}
    return {"rollouts": rollouts, "protocol": asked.record()}
