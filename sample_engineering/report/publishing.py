"""Pushing a trained model, with its card, to the Hugging Face hub."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sample_engineering.errors import ConfigError, RunError
from sample_engineering.extras import require
from sample_engineering.files import write_whole
from sample_engineering.report.model_card import CARD, base_license, model_card
from sample_engineering.report.run import Run

_WRITES = ("*.safetensors", "*.json", "*.jinja", "*.txt", "*.model", CARD)


def check_push(repo: str) -> None:
    """Find out whether a push can work, before anything is trained.

    Parameters
    ----------
    repo : str
        Name of a model repository, ``owner/name``.

    Raises
    ------
    ConfigError
        If it is no name of a repository, or the hub cannot be reached or does not know the user.
    """
    hub = require("huggingface_hub", "train")
    try:
        require("huggingface_hub.utils", "train").validate_repo_id(repo)
    except ValueError as error:
        raise ConfigError(f"`push_to_hub` {repo!r} is no OWNER/NAME: {_line(error)}") from error
    if repo.count("/") != 1:
        raise ConfigError(f"`push_to_hub` {repo!r} is no OWNER/NAME; name the owner too")
    if require("huggingface_hub.constants", "train").HF_HUB_OFFLINE:
        raise ConfigError("`push_to_hub` cannot work: HF_HUB_OFFLINE is set; unset it")
    try:
        hub.HfApi().whoami()
    except Exception as error:
        raise ConfigError(f"`push_to_hub` cannot work: {_why(error)}") from error


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
    if not any(place.glob("*.safetensors")):
        raise RunError(
            f"{run.folder.path} keeps no model of seed {seed}; run the validation with "
            "`save_model`, or choose another `seed`"
        )
    card = model_card(run, seed=seed, license=base_license(str(run.model or "")))
    with write_whole(place / CARD) as stream:
        stream.write(card)
    hub = require("huggingface_hub", "train")
    with _in_words(repo, place):
        api = hub.HfApi(library_name="sample-engineering")
        api.create_repo(repo, private=private, exist_ok=True)
        done: Any = api.upload_folder(
            repo_id=repo,
            folder_path=place,
            allow_patterns=list(_WRITES),
            commit_message=f"Trained on the sample {run.sample_id[:80]}, seed {seed}",
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
