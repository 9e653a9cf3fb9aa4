"""Recipes by name or from a YAML file, with any field changed."""

import difflib
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from sample_engineering import registry
from sample_engineering.errors import ConfigError, refuse_secrets
from sample_engineering.plain_yaml import read_yaml
from sample_engineering.trainers.algorithms import OPTIONS, find_algorithm, option_owners
from sample_engineering.trainers.recipes.evaluating import EXCEPT
from sample_engineering.trainers.recipes.recipe import Recipe

_TRL_OWN = (  # GRPOConfig fields that the recipe or the run folder decides
    "output_dir",
    "max_steps",
    "num_generations",
    "generation_batch_size",
    "steps_per_generation",
    "gradient_accumulation_steps",
    "per_device_train_batch_size",
    "resume_from_checkpoint",
    "seed",
)
# Settings that decide what the model reads, and where its answer ends.
WORDING = frozenset({"template", "system", "chat_template_kwargs", "stop", "form"})
# Fields that say how a model is asked or loaded: what says it for evaluation too.
_TRL_ELSEWHERE = {
    "max_completion_length": "`max_tokens`",
    "trust_remote_code": "`trust_remote_code` of the run",
    "model_init_kwargs": "`model_init_kwargs` of the run, and `dtype`, `revision` and "
    "`attn_implementation`, which have parameters of their own",
}
# Arguments of the sampler that the protocol decides, in TRL's `generation_kwargs`.
_PROTOCOLS = {
    "temperature": "temperature",
    "top_p": "top_p",
    "top_k": "top_k",
    "max_new_tokens": "max_tokens",
    "max_tokens": "max_tokens",
    "stop": "stop",
    "stop_strings": "stop",
    "stop_token_ids": "stop",
    "eos_token_id": "stop",
}
_NONE = ("null", "none", "None", "~")


def load_recipe(
    name_or_path: str | os.PathLike[str], overrides: Mapping[str, Any] | None = None
) -> Recipe:
    """Return a named recipe, or one from a YAML file, with some fields changed.

    Parameters
    ----------
    name_or_path : str or path
        Name of a registered recipe, or a YAML file with recipe fields; its field ``base`` names
        the recipe to start from.
    overrides : mapping
        Field name to value, as a value of the right type or as text. Names that are no recipe
        fields but fields of TRL's ``GRPOConfig`` go to `Recipe.trl`.

    Raises
    ------
    ConfigError
        If the recipe, a field or a value is unknown or malformed.
    """
    name = os.fspath(name_or_path)
    if name not in registry.names("recipe") and Path(name).suffix in (".yaml", ".yml"):
        content = _read_yaml(Path(name))
        base = str(content.pop("base", ""))
        try:
            recipe = find_registered(base) if base else Recipe()
            recipe = override(recipe, {"name": Path(name).stem, **content})
        except ConfigError as error:
            raise ConfigError(f"{name}: {error}") from error
    else:
        recipe = find_registered(name)
    return override(recipe, overrides or {})


def find_registered(name: str) -> Recipe:
    """Return the registered recipe of that name; ConfigError if there is none, or it is none."""
    known = registry.names("recipe")
    if name not in known:
        near = registry.suggestion(name, known)
        raise ConfigError(f"`recipe` {name!r} is not known; {near} (or give a .yaml file)")
    recipe = registry.find("recipe", name, "recipe")
    if not isinstance(recipe, Recipe):
        raise ConfigError(
            f"what is registered as the recipe {name!r} is a {type(recipe).__name__}; it must be a "
            "trainers.recipes.Recipe"
        )
    return recipe


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        content = read_yaml(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigError(f"cannot read the recipe {path}: {reason}; check the path") from error
    except ValueError as error:
        raise ConfigError(f"{path} is not YAML: {error}; correct it") from error
    if not isinstance(content, dict):
        raise ConfigError(f"{path} has no fields; write lines such as `lr: 1e-5`")
    return {str(key): value for key, value in content.items()}


def parse_settings(settings: Sequence[str]) -> dict[str, Any]:
    """Turn ``["lr=1e-5", "steps=40"]`` into a mapping; values stay text until `override`."""
    parsed: dict[str, Any] = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals or not key.strip():
            raise ConfigError(f"`set` takes key=value, not {setting!r}")
        parsed[key.strip().replace("-", "_")] = value.strip()
    return parsed


def override(recipe: Recipe, changes: Mapping[str, Any]) -> Recipe:
    """Return `recipe` with fields changed; see `load_recipe` for the rules and errors.

    The source of a field that was changed is no longer its source, and goes. A wording that is set
    (`WORDING`) holds for evaluation too, unless `evaluation` is set as well. An algorithm that is
    set brings its own settings with it, and what else is set comes on top.
    """
    hints = get_type_hints(Recipe)
    del hints["summary"]
    own: dict[str, Any] = {}
    if "algorithm" in changes:
        changes = dict(changes)
        recipe = find_algorithm(_typed("algorithm", changes.pop("algorithm"), str)).started(recipe)
    algorithm = find_algorithm(recipe.algorithm)
    further = changes.get("trl")
    algorithm.refuse_ignored([*changes, *(further if isinstance(further, Mapping) else ())])
    options = dict(recipe.algorithm_options)
    trl = dict(recipe.trl)
    refuse_secrets("settings", changes)
    for name, value in changes.items():
        if name in ("trl", "sources", "evaluation", OPTIONS):
            if isinstance(value, str):
                value = _scalar(value)
            if not isinstance(value, Mapping):
                raise ConfigError(f"`{name}` must be a mapping of fields, not {value!r}")
            if name == OPTIONS:
                options |= value
                continue
            if name != "trl":
                own[name] = dict(value)
                continue
            for key, item in value.items():
                if key in hints:
                    raise ConfigError(f"`trl` may not set `{key}`: it is a field of the recipe")
                trl[key] = _trl_value(key, item)
        elif name in hints:
            own[name] = _typed(name, value, hints[name])
        elif name in algorithm.options:
            options[name] = value
        elif owners := option_owners(name):
            raise ConfigError(
                f"`{name}` would be ignored: it is an option of the `algorithm` "
                f"{' and '.join(owners)}, and this is {algorithm.name}; leave it out"
            )
        else:
            trl[name] = _trl_value(name, value)
    if (worded := WORDING & set(own)) and "evaluation" not in own:  # asked for, so everywhere
        own["evaluation"] = _without(recipe.evaluation, worded)
        if own["evaluation"] == recipe.evaluation:
            del own["evaluation"]
    changed = {*own, "trl"} if trl != recipe.trl else set(own)
    kept = {name: text for name, text in recipe.sources.items() if name not in changed}
    return replace(recipe, **{"sources": kept, **own}, trl=trl, algorithm_options=options)


def _without(rule: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    left = {name: value for name, value in rule.items() if name not in names}
    if EXCEPT in left:
        left[EXCEPT] = {name: _without(item, names) for name, item in left[EXCEPT].items()}
    return left


def _typed(name: str, value: Any, kind: Any) -> Any:
    """Return `value`, text or not, as the type of a recipe field."""
    if isinstance(kind, UnionType):  # of a type and None
        if value is None or (isinstance(value, str) and value in _NONE):
            return None
        kind = next(part for part in get_args(kind) if part is not NoneType)
    if get_origin(kind) is not None:  # a tuple or mapping; `Asked` checks what is in it
        return _scalar(value) if isinstance(value, str) and value[:1] in "[{" else value
    if isinstance(value, str) and kind is not str:
        value = _scalar(value)
    if kind is float and isinstance(value, str):  # YAML 1.1 reads 1e-5 as text
        try:
            value = float(value)
        except ValueError:
            raise ConfigError(f"`{name}` must be a number, not {value!r}") from None
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if kind is int and isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        wanted = {"int": "a whole number", "float": "a number", "bool": "true or false"}
        raise ConfigError(
            f"`{name}` must be {wanted.get(kind.__name__, kind.__name__)}, not {value!r}"
        )
    if isinstance(value, float) and value - value != 0:
        raise ConfigError(f"`{name}` must be finite, not {value}")
    return value


def _trl_value(name: str, value: Any) -> Any:
    if name in _TRL_ELSEWHERE:
        raise ConfigError(f"`{name}` would hold for training alone; use {_TRL_ELSEWHERE[name]}")
    known = {item.name for item in fields(_grpo_config())}
    if name in _TRL_OWN:
        raise ConfigError(f"`{name}` is set by the recipe; use its own fields (steps, groups, ...)")
    if name not in known:
        near = difflib.get_close_matches(name, [*known, *get_type_hints(Recipe)], 3)
        hint = f"did you mean {' or '.join(near)}?" if near else "see docs/validate.md"
        raise ConfigError(f"`{name}` is neither a recipe field nor one of TRL's GRPOConfig; {hint}")
    value = _scalar(value) if isinstance(value, str) else value
    if name == "generation_kwargs" and isinstance(value, Mapping):
        for key in value:
            if key in _PROTOCOLS:
                raise ConfigError(
                    f"`generation_kwargs` may not set {key}: it would hold for training alone; use "
                    f"`{_PROTOCOLS[key]}`"
                )
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return value
    return value


def _scalar(text: str) -> Any:
    try:
        return read_yaml(text)
    except ValueError:
        return text


def _grpo_config() -> Any:
    from sample_engineering.extras import require

    return require("trl", "train").GRPOConfig
