from .candidate import Candidate as Candidate
from .choosing import Choice as Choice
from .plan import PolymathPlan as PolymathPlan
from .result import PolymathResult as PolymathResult
