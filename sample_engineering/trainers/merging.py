"""Adapters put into the weights of their base model.

An engine that loads whole models only, and a user who wants one folder, need this.
"""

import shutil
import tempfile
from pathlib import Path

from sample_engineering.errors import GenerationError
from sample_engineering.extras import quiet, require
from sample_engineering.generation.asking import Loading
from sample_engineering.generation.transformers_engine import load_model, load_tokenizer

ADAPTERS = "adapter_config.json"  # what a folder of adapters has, and one of whole weights not


def has_adapters(place: Path) -> bool:
    """Whether a folder holds adapters rather than whole weights."""
    return (place / ADAPTERS).is_file()


def merge_adapters(base: str, adapters: Path, place: Path, loading: Loading | None = None) -> None:
    """Write a base model with adapters merged into its weights.

    The sum is made in float32 and written in the dtype of the base, so that it is rounded once.

    Parameters
    ----------
    base : str
        Path or Hugging Face name of the model that the adapters were trained on.
    adapters : Path
        Folder with the adapters, and the tokenizer beside them.
    place : Path
        Folder to write to; made if absent.
    loading : Loading, optional
        How the base is loaded, but for the dtype.

    Raises
    ------
    GenerationError
        If the base or the adapters cannot be loaded.
    """
    peft = require("peft", "train")
    loading = loading or Loading()
    with quiet():
        published = load_model(base, loading.with_(dtype="auto"), device="cpu").dtype
        model = load_model(base, loading.with_(dtype="float32"), device="cpu")
        try:
            model = peft.PeftModel.from_pretrained(model, adapters).merge_and_unload()
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            reason = str(error).strip().split("\n")[0].rstrip(".")
            raise GenerationError(
                f"cannot put the adapters {adapters} into {base}: {reason}; give the model that "
                "they were trained on"
            ) from error
        model.to(published).save_pretrained(place)
        load_tokenizer(adapters if _has_tokenizer(adapters) else base, loading).save_pretrained(
            place
        )


def merge_in_place(base: str, place: Path, loading: Loading | None = None) -> None:
    """Replace the adapters in a folder by whole weights; as `merge_adapters`."""
    # Beside them, where there is room for weights; the system's folder may be in memory.
    with tempfile.TemporaryDirectory(prefix=".adapters-", dir=place.parent) as folder:
        apart = Path(folder) / "adapters"
        shutil.copytree(place, apart)
        for file in place.iterdir():
            file.unlink()
        merge_adapters(base, apart, place, loading)


def _has_tokenizer(place: Path) -> bool:
    return (place / "tokenizer_config.json").is_file()
