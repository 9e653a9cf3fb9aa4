"""Sample engineering: find, compose and prove the one training sample.

>>> import sample_engineering as se
>>> pool = se.load_pool("candidates.jsonl")
>>> se.rank(pool).top(3)                                        # doctest: +SKIP
>>> problems = se.synthesize(["physics", "chemistry"], n=5)     # doctest: +SKIP
>>> se.validate(problems[0])                                    # doctest: +SKIP

The names stand in the stub beside this file. They are loaded when first used, so that the import
itself is instant and needs no torch.
"""

# Imported before the names are attached: these are modules and functions of this package, and the
# function shall be what the name says.
import sample_engineering.audit
import sample_engineering.components
import sample_engineering.polymath
import sample_engineering.report
import sample_engineering.search
import sample_engineering.sweep
import sample_engineering.works
from sample_engineering.lazy import attach

del sample_engineering.audit, sample_engineering.components, sample_engineering.report
del sample_engineering.polymath, sample_engineering.search, sample_engineering.sweep
del sample_engineering.works

__getattr__, __dir__, __all__ = attach(__name__, __file__)
