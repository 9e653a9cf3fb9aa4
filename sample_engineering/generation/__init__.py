"""Text generation behind one small protocol."""

from sample_engineering.generation.asking import Asked, Loading, Protocol
from sample_engineering.generation.base import BaseGenerator
from sample_engineering.generation.opening import open_generator
from sample_engineering.generation.protocol import (
    Capabilities,
    Chat,
    Completion,
    Generator,
    Prompt,
    check_offered,
)
from sample_engineering.generation.sampling_settings import Sampling

__all__ = [
    "Asked",
    "BaseGenerator",
    "Capabilities",
    "Chat",
    "Completion",
    "Generator",
    "Loading",
    "Prompt",
    "Protocol",
    "Sampling",
    "check_offered",
    "open_generator",
]
