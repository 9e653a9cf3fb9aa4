from .asking import Case as Case
from .auditing import JudgeAudit as JudgeAudit
from .auditing import audit_judge as audit_judge
from .hybrid import HybridGrader as HybridGrader
from .judge import Judge as Judge
from .judge import Ruling as Ruling
from .settings import JudgeSettings as JudgeSettings
