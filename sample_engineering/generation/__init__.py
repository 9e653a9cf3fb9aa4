"""Text generation behind one small protocol."""

from sample_engineering.generation.protocol import Chat, Completion, Generator, Prompt

__all__ = ["Chat", "Completion", "Generator", "Prompt"]
