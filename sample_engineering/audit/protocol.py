"""What a check is: a name, a summary, what it needs, and the findings it raises."""

from collections.abc import Iterable
from typing import Protocol

from sample_engineering.audit.claims import Claims
from sample_engineering.audit.findings import Finding

NEEDS = ("sample", "pool", "model")
"""What a finding rests on: the sample alone, the other samples too, or solutions of a model."""


class Check(Protocol):
    """Anything that looks at labels and raises findings.

    Attributes
    ----------
    name : str
        As it is registered.
    summary : str
        What it looks for, in one line.
    needs : str
        One of `NEEDS`.
    """

    name: str
    summary: str
    needs: str

    def find(self, claims: Claims) -> Iterable[Finding]:
        """Yield the findings about a pool.

        A check reads each sample through its `Claim`, takes bounded time for each, and raises
        nothing for anything that a sample holds.
        """
        ...
