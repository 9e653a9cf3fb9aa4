from .claims import Claim as Claim
from .claims import Claims as Claims
from .findings import SEVERITIES as SEVERITIES
from .findings import Audit as Audit
from .findings import Finding as Finding
from .protocol import Check as Check
from .run import audit_samples as audit_samples
