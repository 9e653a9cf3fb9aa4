"""Problems composed or rewritten by a language model, and the checks that none can skip."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

_HOME = {
    "Funnel": "funnel",
    "ModelComposition": "model_composition",
    "ProgramError": "program_values",
    "compose_with_model": "composer",
    "run_program": "program",
}

__all__ = ["Funnel", "ModelComposition", "ProgramError", "compose_with_model", "run_program"]

if TYPE_CHECKING:
    from sample_engineering.synthesis.language_model.composer import compose_with_model
    from sample_engineering.synthesis.language_model.funnel import Funnel
    from sample_engineering.synthesis.language_model.model_composition import ModelComposition
    from sample_engineering.synthesis.language_model.program import run_program
    from sample_engineering.synthesis.language_model.program_values import ProgramError


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
