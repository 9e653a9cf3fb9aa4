"""Pushing to the Hugging Face hub: a trained model with its card, or files as they are."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sample_engineering.errors import ConfigError, RunError
from sample_engineering.extras import require
from sample_engineering.files import write_whole
from sample_engineering.named_elsewhere import is_repository
from sample_engineering.report.model_card import CARD, base_license, model_card
from sample_engineering.report.run import Run

_WRITES = (".safetensors", ".json", ".jinja", ".txt", ".model")


def check_push(repo: str, parameter: str = "push_to_hub") -> None:
    """Find out whether a push can work, before anything is trained.

    Parameters
    ----------
    repo : str
        Name of a repository, ``owner/name``.
    parameter : str
        Where it was given, for messages.

    Raises
    ------
    ConfigError
        If it is no name of a repository, or the hub cannot be reached or does not know the user.
    """
    hub = require("huggingface_hub", "hub")
    if not is_repository(repo):
        raise ConfigError(
            f"`{parameter}` {repo!r} is no OWNER/NAME; give letters, digits, '-', '_' and '.'"
        )
    if require("huggingface_hub.constants", "hub").HF_HUB_OFFLINE:
        raise ConfigError(f"`{parameter}` cannot work: HF_HUB_OFFLINE is set; unset it")
    try:
        hub.HfApi().whoami()
    except Exception as error:
        raise ConfigError(f"`{parameter}` cannot work: {_why(error)}") from error


def address_of(repo: str, kind: str) -> str:
    """Return where a repository is seen: of a model, or of a data set."""
    endpoint = os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")
    return f"{endpoint}/{'datasets/' if kind == 'dataset' else ''}{repo}"


def push_to_hub(run: Run, repo: str, *, seed: int = 0, private: bool = True) -> str:
    """Push the trained model of a seed with its card; a repository is made if there is none.

    Parameters
    ----------
    run : Run
        A finished validation that kept its model.
    repo : str
        ``owner/name``.
    seed : int
        Training seed.
    private : bool
        Of a new repository.

    Returns
    -------
    str
        Address of the commit.

    Raises
    ------
    RunError
        If the run kept no model, or the hub refuses it; the folder stays as it would be pushed.
    """
    place = run.folder.model_place(seed)
    files = model_files(run, seed)
    card = model_card(run, seed=seed, license=base_license(str(run.model or "")))
    with write_whole(place / CARD) as stream:
        stream.write(card)
    message = commit_message(run, seed)
    return upload(repo, "model", files | {CARD: place / CARD}, message, private=private)


def model_files(run: Run, seed: int) -> dict[str, Path]:
    """Return what of a trained model is published, by its name: weights, settings, tokenizer.

    Raises
    ------
    RunError
        If the run kept no model of that seed, or none as safetensors.
    """
    place = run.folder.model_place(seed)
    if not any(place.glob("*.safetensors")):
        raise RunError(
            f"{run.folder.path} keeps no model of seed {seed}; run the validation with "
            "`save_model`, or choose another `seed`"
        )
    return {
        path.name: path
        for path in sorted(place.iterdir())
        if path.is_file() and not path.is_symlink() and path.suffix in _WRITES
    }


def commit_message(run: Run, seed: int) -> str:
    """Say what a commit of a trained model holds."""
    return f"Trained on the sample {run.sample_id[:80]}, seed {seed}"


def upload(
    repo: str, kind: str, files: Mapping[str, Path], message: str, *, private: bool = True
) -> str:
    """Upload files as one commit, these and no others; return its address.

    Parameters
    ----------
    repo : str
        ``owner/name``; made if there is none.
    kind : {"model", "dataset"}
    files : mapping from str to Path
        By their paths in the repository.
    message : str
    private : bool
        Of a new repository.

    Raises
    ------
    RunError
        If the hub refuses it.
    """
    hub = require("huggingface_hub", "hub")
    place = os.path.commonpath([path.parent for path in files.values()])
    with _in_words(repo, place):
        api = hub.HfApi(library_name="sample-engineering")
        api.create_repo(repo, repo_type=kind, private=private, exist_ok=True)
        done: Any = api.create_commit(
            repo_id=repo,
            repo_type=kind,
            operations=[
                hub.CommitOperationAdd(path_in_repo=name, path_or_fileobj=str(path))
                for name, path in files.items()
            ],
            commit_message=message,
        )
    return str(getattr(done, "commit_url", done))


@contextmanager
def _in_words(repo: str, place: object) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise RunError(
            f"cannot push to {repo}: {_why(error)}; what was to be pushed lies in {place}"
        ) from error


def _why(error: Exception) -> str:
    kind = type(error).__name__
    status = getattr(getattr(error, "response", None), "status_code", None)
    if kind == "OfflineModeIsEnabled":
        return "HF_HUB_OFFLINE is set; unset it"
    if status in (401, 403) or "token" in kind.lower():
        return "the hub does not let this user in; run: hf auth login, with a token that may write"
    if kind in ("ConnectError", "ConnectionError", "ConnectTimeout", "ReadTimeout"):
        return "the hub cannot be reached; check the network"
    return f"{_line(error)} ({kind})"


def _line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0].rstrip(".")[:200] if lines else type(error).__name__
