"""The builders of HTML by their former place."""

from sample_engineering.markup import LONGEST, Markup, escape, foreign, join, tag

__all__ = ["LONGEST", "Markup", "escape", "foreign", "join", "tag"]
