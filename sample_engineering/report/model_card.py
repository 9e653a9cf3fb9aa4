"""The card of a trained model: what it is, how it was made, and what it is worth.

Written as ``README.md`` beside the weights, as the Hugging Face hub reads it. Problem texts, names
and verdicts come from files and models, so they are fenced or escaped.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sample_engineering.errors import ConfigError
from sample_engineering.evaluation.compare import Comparison, Effect
from sample_engineering.named_elsewhere import is_repository
from sample_engineering.report.conditions import algorithm_of
from sample_engineering.report.facts import facts
from sample_engineering.report.run import Run
from sample_engineering.report.terminal import ASKED
from sample_engineering.text import visible
from sample_engineering.trainers.algorithms import find_algorithm
from sample_engineering.version import __version__

CARD = "README.md"
_LICENSE_KEYS = ("license", "license_name", "license_link")
_LONGEST = 4000  # characters of a problem that are shown
_MARKED = re.compile(r"([\\`*_{}\[\]()<>#+!|~-])")


def model_card(run: Run, *, seed: int = 0, license: Mapping[str, str] | None = None) -> str:
    """Return the card of a trained model.

    Parameters
    ----------
    run : Run
        A finished validation.
    seed : int
        Training seed of the model.
    license : mapping, optional
        The base model's, with keys ``license, license_name, license_link``; see `base_license`.

    Returns
    -------
    str
        Markdown with a YAML head.
    """
    import yaml

    config = run.folder.config
    recipe: Mapping[str, Any] = {} if config is None else config.recipe
    model = str(run.model or "unknown")
    # Where a folder lies on this machine is nobody's business.
    base = Path(model).name if Path(model).exists() else model
    known = {key: str(value) for key, value in (license or {}).items() if key in _LICENSE_KEYS}
    head: dict[str, Any] = {
        **known,
        "library_name": "peft" if recipe.get("lora_rank") and not _merged(run, seed) else
        "transformers",
        "pipeline_tag": "text-generation",
        "tags": ["sample-engineering", "one-shot-rlvr", algorithm_of(run), "trl"],
    }  # fmt: skip
    if is_repository(base) and base == model:
        head["base_model"] = base
    parts = [
        f"---\n{yaml.safe_dump(head, sort_keys=False, allow_unicode=True)}---",
        f"# {escaped(base.rpartition('/')[2])}, trained on one sample",
        f"{escaped(base)} after training ({escaped(algorithm_of(run))}) on the single problem "
        f"below, made with sample-engineering {__version__}. Training seed {seed}.",
        *_condition(run),
        "## What it is worth",
        f"**{escaped(run.verdict.headline)}**",
    ]
    if run.questions:
        parts.append(questions_table(run))
    if run.contrasts:
        parts += ["Against each control, in the same reading:", controls_table(run)]
    parts.append(escaped(" ".join(run.verdict.reasons)))
    for reading, lift in run.lifts.items():
        parts += [f"### {ASKED[reading]}", lift_table(lift)]
    if run.lifts:
        parts.append(
            "Accuracy is the mean over items of the share of right completions, in per cent; the "
            "lift is in percentage points, with its paired 95 % interval. Before and after, the "
            "same items were asked with the same random numbers."
        )
    if done := done_list(run):
        parts.append(done)
    parts += ["## The sample", *_sample(run), "## The recipe", _recipe(recipe)]
    parts += [
        "## Licence",
        f"The base model's: {escaped(_license_text(known))}. The terms of the sample, if it has "
        "any, are its own."
        if known
        else "That of the base model, which could not be read here: look it up before use.",
    ]
    return "\n\n".join(parts) + "\n"


def base_license(model: str) -> dict[str, str]:
    """Return what a base model's own card says of its licence; empty where there is none.

    Parameters
    ----------
    model : str
        A folder, or a Hugging Face name, which is looked up on the hub if that can be reached.
    """
    from sample_engineering.extras import require

    hub = require("huggingface_hub", "train")
    place = Path(model) / CARD
    try:
        if Path(model).is_dir():
            found = (hub.metadata_load(place) if place.is_file() else None) or {}
        else:
            data = hub.HfApi().model_info(model, timeout=10).card_data
            found = {} if data is None else data.to_dict()
    except Exception:  # no network, no such model, a card that is no YAML: then it is not known
        return {}
    return {
        key: str(found[key])
        for key in _LICENSE_KEYS
        if isinstance(found, dict) and isinstance(found.get(key), str)
    }


def escaped(text: str) -> str:
    """Return text on one line that markdown shows as it stands."""
    line = " ".join(visible(text).split())
    return _MARKED.sub(r"\\\1", line)


def lift_table(lift: Comparison) -> str:
    """Return accuracy before and after, and the lift with its interval, a row a domain."""
    rows = list(lift.domains.items()) if len(lift.domains) > 1 else []
    lines = [
        "| domain | items | before | after | lift | 95 % interval |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    lines += [_row(escaped(name), effect) for name, effect in rows]
    return "\n".join([*lines, _row("**all**", lift.overall)])


def _row(name: str, effect: Effect) -> str:
    before, after = (f"{100 * value:.1f}" for value in (effect.before, effect.after))
    lift, low, high = (f"{100 * v:+.1f}" for v in (effect.lift, effect.ci_low, effect.ci_high))
    return f"| {name} | {effect.n} | {before} | {after} | {lift} | {low} to {high} |"


def questions_table(run: Run) -> str:
    """Return what the run was asked to show, against which controls, and whether it did."""
    lines = ["| question | shown? | points |", "| --- | --- | --- |"]
    lines += [
        f"| {escaped(one.text)} | {one.answer} | {escaped(one.figure)} |" for one in run.questions
    ]
    return "\n".join(lines)


def controls_table(run: Run) -> str:
    """Return by how much the trained model is better than what each control came to."""
    lines = [
        "| control | items | control | sample | lead | 95 % interval |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    lines += [_row(escaped(name), found.overall) for name, found in run.contrasts.items()]
    return "\n".join(lines)


def done_list(run: Run) -> str:
    """Return how the figures were got, as a list."""
    return "\n".join(
        f"- {escaped(name)}: {escaped(text)}" for name, text in facts(run) if name != "base model"
    )


def _sample(run: Run) -> list[str]:
    sample = run.sample
    if sample is None:
        return [escaped(run.sample_id)]
    told = [fenced(sample.problem[:_LONGEST]), f"Label: {escaped(sample.answer)}"]
    if sample.source or sample.license:
        told.append(escaped(f"From {sample.source or 'unknown'}, {sample.license or 'no terms'}."))
    return told


def _condition(run: Run) -> list[str]:
    """Say what must stand before each problem, where the model was trained to be asked so."""
    try:
        before = find_algorithm(algorithm_of(run)).said_before
    except ConfigError:  # of a package that is not installed here
        return []
    if not before:
        return []
    told = "Before each problem stands this text, as in its training and in every figure below:"
    return [f"{told}\n\n{fenced(before)}"]


def fenced(text: str) -> str:
    """Return text in a fence that it cannot close."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{visible(text)}\n{fence}"


def _recipe(recipe: Mapping[str, Any]) -> str:
    shown = {
        name: value
        for name, value in recipe.items()
        if name != "sources" and value not in (None, {}, (), [], "")
    }
    return fenced(json.dumps(shown, indent=1, ensure_ascii=False, default=str))


def _license_text(known: Mapping[str, str]) -> str:
    return ", ".join(dict.fromkeys(known.values()))


def _merged(run: Run, seed: int) -> bool:
    return not (run.folder.model_place(seed) / "adapter_config.json").exists()
