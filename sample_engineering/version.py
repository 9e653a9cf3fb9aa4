"""The version, on the ground floor: everything may read it."""

__version__ = "0.2.0"
