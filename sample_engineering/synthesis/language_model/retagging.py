"""Skills of accepted samples as another tagger names them, and how far it agrees with ours."""

from dataclasses import replace

from sample_engineering.generation.protocol import Generator
from sample_engineering.skills import find_tagger, tag
from sample_engineering.skills.llm_tagger import agreement
from sample_engineering.skills.named import named_skills
from sample_engineering.synthesis.language_model.model_composition import ModelComposition


def retagged(found: ModelComposition, tagger: str, generator: Generator) -> ModelComposition:
    """Return the composition with the skills that `tagger` names, and its agreement in a note.

    Parameters
    ----------
    found : ModelComposition
    tagger : str
        Name of a registered tagger.
    generator : Generator
        What it asks, if it asks a model.
    """
    if not found.samples:
        return found
    named = named_skills(find_tagger(tagger, lambda: generator), found.samples)
    built_in = [tag(sample.problem, sample.solution) for sample in found.samples]
    samples = [
        sample.with_(skills=tuple(sorted(tags))) if tags else sample
        for sample, tags in zip(found.samples, named, strict=True)
    ]
    same = agreement(built_in, named)
    note = (
        f"skills tagged by {tagger}; agreement with the built-in tagger: F1 {same.f1:.2f}, "
        f"kappa {same.kappa:.2f} over {same.samples} problems, {same.unread} unread"
    )
    return replace(found, samples=samples, notes=[*found.notes, note])
