"""The formats of other tools: samples in, a file that they read out.

Reading them is `pool`'s: it knows what the columns of each are.
"""

from sample_engineering.formats.converting import Converted, convert
from sample_engineering.formats.format import Format, find_format, gold_fields

__all__ = ["Converted", "Format", "convert", "find_format", "gold_fields"]
