"""Running checks over a pool."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from sample_engineering.audit.claims import Claim, Claims
from sample_engineering.audit.findings import Audit, Finding, worst_first
from sample_engineering.audit.protocol import NEEDS, Check
from sample_engineering.errors import ConfigError, SampleEngineeringError
from sample_engineering.registry import check as check_name
from sample_engineering.registry import components, find, names
from sample_engineering.sample import Sample

if TYPE_CHECKING:
    from sample_engineering.generation.protocol import Generator
    from sample_engineering.generation.sampling_settings import Sampling

KIND = "check"


def audit_samples(
    samples: Iterable[Sample],
    *,
    checks: Sequence[str] | None = None,
    generator: "Generator | None" = None,
    sampling: "Sampling | None" = None,
    template: str = "boxed",
    progress: Callable[[int], None] | None = None,
    notes: tuple[str, ...] = (),
) -> Audit:
    """Run checks over samples; see `api.audit`.

    Parameters
    ----------
    samples : iterable of Sample
        Ids must differ.
    checks : sequence of str, optional
        Names of checks, see `registry.names`; by default all, those that need a model only if there
        is a `generator`.
    generator : Generator, optional
        The model that solves the problems.
    sampling : Sampling, optional
        How it solves them.
    template : str
        Its prompt template.
    progress : callable, optional
        Called with the number of problems solved since the last call.
    notes : tuple of str
        What the audit shall say of the whole, e.g. how many lines were skipped.

    Raises
    ------
    ConfigError
        If a check is unknown or needs a model that is not given, or no check is named.
    """
    chosen = find_checks(checks, model=generator is not None)
    claims = Claims(tuple(map(Claim, samples)))
    if generator is not None:
        from sample_engineering.audit.solutions import ROLLOUTS, solve
        from sample_engineering.generation.sampling_settings import Sampling

        solutions, more = solve(
            claims,
            generator,
            sampling or Sampling(n=ROLLOUTS),
            template=template,
            guess=any(check.name == "forced" for check in chosen),
            progress=progress,
        )
        claims = Claims(claims.claims, solutions)
        notes += tuple(more)
    found: list[Finding] = []
    for check in chosen:
        found += _found(check, claims)
    ids = tuple(claim.sample.id for claim in claims)
    return Audit(worst_first(found, ids), tuple(check.name for check in chosen), ids, notes)


def find_checks(asked: Sequence[str] | None, *, model: bool = False) -> list[Check]:
    """Return the checks of these names, in the order of the registry.

    Parameters
    ----------
    asked : sequence of str, optional
        By default all that can be run.
    model : bool
        Whether there is a model for those that need one.
    """
    if asked is not None and not asked:
        raise ConfigError("`checks` names no check; leave it out to run all")
    for name in asked or ():
        check_name(KIND, name, "checks")
    wanted = names(KIND) if asked is None else [name for name in names(KIND) if name in asked]
    found = [find_check(name) for name in wanted]
    idle = [check.name for check in found if check.needs == "model" and not model]
    if asked is not None and idle:
        raise ConfigError(
            f"`checks` {', '.join(idle)} needs solutions of a model; pass `model` or `server`"
        )
    if asked is not None and model and not any(check.needs == "model" for check in found):
        raise ConfigError("none of the `checks` asks the model; leave `model` out")
    return [check for check in found if check.name not in idle]


def find_check(name: str) -> Check:
    """Return a check, made; one that is none is said to be so before any work.

    Raises
    ------
    ConfigError
        If there is none of that name, or it lacks what a check states.
    """
    made = find(KIND, name)
    check = made() if isinstance(made, type) else made
    lacking = [part for part in ("name", "summary", "needs", "find") if not hasattr(check, part)]
    if lacking:
        raise ConfigError(f"the check {name!r} states no {' and no '.join(lacking)}; mend it")
    if check.needs not in NEEDS or check.name != name:
        raise ConfigError(
            f"the check {name!r} is called {check.name!r} and needs {check.needs!r}; give it the "
            f"name it is registered under, and one of {', '.join(NEEDS)}"
        )
    return check  # type: ignore[no-any-return]


def _found(check: Check, claims: Claims) -> list[Finding]:
    try:
        return list(check.find(claims))
    except SampleEngineeringError:
        raise
    except Exception as error:
        if all(one.name != check.name or not one.foreign for one in components(KIND)):
            raise
        raise ConfigError(
            f"the check {check.name!r} failed ({type(error).__name__}: {error}); mend or uninstall "
            "it, or name the others with `checks`"
        ) from error


def checks_of_one() -> list[str]:
    """Return the names of the checks that need nothing but the sample itself: the cheap part."""
    return [name for name in names(KIND) if find_check(name).needs == "sample"]
