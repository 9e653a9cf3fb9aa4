"""What ships with the package: the base model and the sample."""

import json
from pathlib import Path

from sample_engineering.errors import RunError
from sample_engineering.sample import Sample

_HERE = Path(__file__).parent


def model_path() -> Path:
    """Return the folder of the shipped base model, in transformers format.

    Raises
    ------
    RunError
        If the model is not there, as in a checkout without weights.
    """
    path = _HERE / "model"
    if not (path / "config.json").is_file():
        raise RunError(f"no base model in {path}; install the package anew, or build one there")
    return path


def default_sample() -> Sample:
    """Return the shipped sample: the prime, first choice of `se rank` among 400 composed problems.

    How it was found, and what it is worth, is told in docs/lab/microcosm.md.
    """
    return Sample.from_dict(json.loads((_HERE / "sample.json").read_text(encoding="utf-8")))
