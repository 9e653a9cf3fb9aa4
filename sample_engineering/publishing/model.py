"""What a trained model is published with: its weights, what loads them, and its card."""

import json
from pathlib import Path, PurePath

from sample_engineering.report.model_card import base_license, model_card
from sample_engineering.report.publishing import model_files
from sample_engineering.report.run import Run

# Fields of its settings that say what it was made of; a folder of this machine says nothing there.
_ORIGINS = ("_name_or_path", "base_model_name_or_path")


def model_repository(
    run: Run, *, seed: int = 0, license: str | None = None
) -> tuple[dict[str, bytes | Path], tuple[str, ...]]:
    """Return the files of a trained model by their names, and what to know of them.

    Parameters
    ----------
    run : Run
        A finished validation that kept its model.
    seed : int
        Training seed.
    license : str, optional
        By its name on the hub; the base model's, where its card says one.

    Raises
    ------
    RunError
        If the run kept no model of that seed as safetensors.
    """
    contents: dict[str, bytes | Path] = {}
    notes = []
    for name, path in model_files(run, seed).items():
        contents[name] = path
        if name.endswith(".json") and (told := _without_folders(path)) is not None:
            contents[name] = told
            notes.append(f"{name} named a folder of this machine; its last part is kept")
    known = {"license": license} if license else base_license(str(run.model or ""))
    if not known:
        notes.append("the base model's licence is not known; give it with `license`")
    contents["README.md"] = model_card(run, seed=seed, license=known).encode()
    return contents, tuple(notes)


def _without_folders(path: Path) -> bytes | None:
    """Return settings without where the base model lay here; None where they name no folder."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    folders = {
        name: PurePath(found[name]).name
        for name in _ORIGINS
        if isinstance(found.get(name), str) and PurePath(found[name]).is_absolute()
    }
    if not folders:
        return None
    return (json.dumps(found | folders, indent=2, ensure_ascii=False) + "\n").encode()
