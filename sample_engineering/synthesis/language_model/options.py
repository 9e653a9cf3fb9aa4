"""What may be asked of a model that composes; everything is refused before a model is loaded."""

from collections.abc import Iterable

from sample_engineering.errors import ConfigError, SynthesisError
from sample_engineering.skills import check_domains, known_skills
from sample_engineering.synthesis.request import check_names, names_in

AGREEMENT = 0.5  # share of the solutions that must reach the answer


def check_options(
    domains: str | Iterable[str],
    *,
    n: int,
    skills: str | Iterable[str] | None,
    k: int,
    agreement: float | None,
    rewrite: bool,
    examples: bool,
    originals: bool,
    solver: bool,
) -> tuple[tuple[str, ...], tuple[str, ...], float]:
    """Return (domains, skills, agreement), checked.

    Parameters
    ----------
    domains, n, skills, k, agreement, rewrite
        See `compose_with_model`.
    examples, originals, solver : bool
        Whether there are any.

    Raises
    ------
    ConfigError
        If a domain is unknown, or something that is given would be ignored.
    SynthesisError
        If a skill is unknown or a number makes no sense.
    """
    named, wanted = check_domains(domains), names_in(skills)
    check_names("skills", wanted, known_skills())
    share = AGREEMENT if agreement is None else agreement
    if n < 1 or k < 0 or not 0 <= share <= 1:
        raise SynthesisError(
            f"`n` {n}, `attempts` {k} and `agreement` {share}: use n >= 1, attempts >= 0, "
            "agreement in [0, 1]"
        )
    ignored = {
        "`agreement`, for `attempts` is 0": agreement is not None and not k,
        "`solver`, for `attempts` is 0": solver and not k,
        "`examples`, for nothing new is composed where `rewrite` is asked": rewrite and examples,
        "`originals`, for they are only used to `rewrite`": originals and not rewrite,
        "`skills`, for the `originals` have theirs": originals and bool(wanted),
    }
    for what, given in ignored.items():
        if given:
            raise ConfigError(f"would be ignored: {what}; leave it out")
    return named, wanted, share
