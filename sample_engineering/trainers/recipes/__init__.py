"""Training recipes: named settings with their sources, overridable field by field.

A recipe is one declaration, a `Recipe`, in a file of its own. One of another package is one such
object and one entry point in the group ``sample_engineering.recipe``.
"""

from sample_engineering.trainers.recipes.evaluating import EvaluationRule
from sample_engineering.trainers.recipes.loading import load_recipe, override, parse_settings
from sample_engineering.trainers.recipes.recipe import Recipe

__all__ = ["EvaluationRule", "Recipe", "load_recipe", "override", "parse_settings"]
