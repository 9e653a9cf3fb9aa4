from .plan import SweepPlan as SweepPlan
from .result import Entry as Entry
from .result import SweepResult as SweepResult
