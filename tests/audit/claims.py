"""What the tests of the audit share: one sample from a problem and its label, and its findings."""

from sample_engineering.audit import audit_samples
from sample_engineering.sample import Sample


def sample(problem, answer, **fields):
    """A sample whose id says nothing."""
    return Sample("s", problem, answer, **fields)


def found(problem, answer, *, check=None, **fields):
    """(check, severity) of the findings about one label; notes are left out."""
    audit = audit_samples([sample(problem, answer, **fields)], checks=check and [check])
    return [(item.check, item.severity) for item in audit if item.severity != "note"]
