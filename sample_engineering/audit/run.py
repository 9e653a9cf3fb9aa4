"""Running checks over a pool."""

from collections.abc import Iterable, Sequence

from sample_engineering.audit.claims import Claims
from sample_engineering.audit.findings import Audit, Finding, worst_first
from sample_engineering.audit.protocol import Check
from sample_engineering.errors import ConfigError
from sample_engineering.registry import check as check_name
from sample_engineering.registry import find, names
from sample_engineering.sample import Sample

KIND = "check"


def audit_samples(
    samples: Iterable[Sample],
    *,
    checks: Sequence[str] | None = None,
    notes: tuple[str, ...] = (),
) -> Audit:
    """Run checks over samples; see `api.audit`.

    Parameters
    ----------
    samples : iterable of Sample
        Ids must differ.
    checks : sequence of str, optional
        Names of checks, see `registry.names`; all by default.
    notes : tuple of str
        What the audit shall say of the whole, e.g. how many lines were skipped.

    Raises
    ------
    ConfigError
        If a check is unknown, or no check is named.
    """
    chosen = find_checks(checks)
    claims = Claims.of(samples)
    found: list[Finding] = []
    for check in chosen:
        found += check.find(claims)
    ids = tuple(claim.sample.id for claim in claims)
    return Audit(worst_first(found, ids), tuple(check.name for check in chosen), ids, notes)


def find_checks(asked: Sequence[str] | None) -> list[Check]:
    """Return the checks of these names, in the order of the registry; all where none is named."""
    if asked is not None and not asked:
        raise ConfigError("`checks` names no check; leave it out to run all")
    for name in asked or ():
        check_name(KIND, name, "checks")
    wanted = names(KIND) if asked is None else [name for name in names(KIND) if name in asked]
    return [find(KIND, name)() for name in wanted]
