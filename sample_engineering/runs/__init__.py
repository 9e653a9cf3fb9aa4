"""A run folder: the types of everything in it, and the one class that writes and reads it."""

from sample_engineering.runs.folder import RunFolder

__all__ = ["RunFolder"]
