"""What the microcosm holds, and what its shipped base model is."""

import json
from dataclasses import dataclass
from pathlib import Path

from sample_engineering.microcosm.shipped import default_sample, model_path
from sample_engineering.sample import Sample
from sample_engineering.synthesis.compact import compact_domains, compact_skills, templates


@dataclass(frozen=True, slots=True)
class WorldInfo:
    """The world in figures; as text, one line for each.

    Parameters
    ----------
    domains, skills : tuple of str
    shown, held_out : int
        Templates that pretraining shows, and those that it does not.
    model : Path
        Folder of the base model.
    width, layers, vocabulary : int
        Its shape.
    size : int
        Its files, in bytes.
    sample : Sample
        The shipped sample.
    """

    domains: tuple[str, ...]
    skills: tuple[str, ...]
    shown: int
    held_out: int
    model: Path
    width: int
    layers: int
    vocabulary: int
    size: int
    sample: Sample

    def __str__(self) -> str:
        return (
            f"domains      {', '.join(self.domains)}\n"
            f"skills       {', '.join(self.skills)}\n"
            f"templates    {self.shown} shown in pretraining, {self.held_out} held out\n"
            f"base model   {self.model}\n"
            f"             width {self.width}, {self.layers} layers, "
            f"vocabulary {self.vocabulary}, {self.size / 1e6:.1f} MB\n"
            f"sample       {self.sample.id}: {self.sample.problem} [{self.sample.answer}]"
        )


def world_info() -> WorldInfo:
    """Return what the world holds.

    Raises
    ------
    RunError
        If the base model is not there.
    """
    path = model_path()
    config = json.loads((path / "config.json").read_text(encoding="utf-8"))
    held_out = sum(item.held_out for item in templates())
    return WorldInfo(
        domains=tuple(compact_domains()),
        skills=tuple(compact_skills()),
        shown=len(templates()) - held_out,
        held_out=held_out,
        model=path,
        width=config["hidden_size"],
        layers=config["num_hidden_layers"],
        vocabulary=config["vocab_size"],
        size=sum(file.stat().st_size for file in path.iterdir()),
        sample=default_sample(),
    )
