"""Every error the toolkit raises on purpose.

Each message ends with the mend: what to change or run next. A notebook sees an ordinary exception.
Messages speak of parameters, in backquotes: "`by` names no column". The command line prints the
message on one line, with its own option in place of each parameter ("--by names no column"), and
exits with a non-zero status. No message holds a key or password, whoever wrote it.
"""

from typing import Any

from sample_engineering.redaction import all_redacted, places_of_secrets

INTERRUPTED_STATUS = 130  # status of a process that Ctrl-C ended, as shells count it


class SampleEngineeringError(Exception):
    """Base of all errors raised on purpose; catch it to catch them all."""

    exit_status = 1  # of the command that it ends
    shown_elsewhere = False  # whether another process of the same run shows it

    def __init__(self, *args: object) -> None:
        super().__init__(*all_redacted(args))


class SampleError(SampleEngineeringError):
    """A sample has a missing or malformed field."""


class PoolError(SampleEngineeringError):
    """A pool cannot be read: no such file, not the format it claims, or no usable line."""


class GoldError(SampleEngineeringError):
    """A gold answer cannot be read by the grader, so nothing could be graded against it."""


class GraderError(SampleEngineeringError):
    """The grader itself cannot work, so there is no verdict."""


class SynthesisError(SampleEngineeringError):
    """The asked problems cannot be composed: unknown domain or skill, or no valid chain."""


class GenerationError(SampleEngineeringError):
    """A model or server did not yield completions."""


class BudgetError(GenerationError):
    """The next request could cost more than is left of the budget; nothing was spent beyond it."""


class TrainingError(SampleEngineeringError):
    """A training run cannot start or did not take its steps."""


class RunError(SampleEngineeringError):
    """A run folder is missing, incomplete or not writable."""


class StorageError(SampleEngineeringError):
    """A place in an object store cannot be read or written, or another job writes there."""


class ConfigError(SampleEngineeringError):
    """An option has a value that cannot be used."""


class PreflightError(SampleEngineeringError):
    """A run was refused before any of it was done; the message names every reason.

    Parameters
    ----------
    message : str
    checks : tuple of str
        Names of the checks that refuse.
    """

    def __init__(self, message: str, checks: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.checks = checks


class MissingExtraError(SampleEngineeringError):
    """An optional dependency is needed and not installed."""


def refuse_secrets(name: str, value: Any) -> None:
    """Refuse an option that holds a key or password: it would stand in folders and logs.

    Parameters
    ----------
    name : str
        Of the parameter.
    value
        An address, or a mapping of options, however nested.

    Raises
    ------
    ConfigError
        If an address has ``user:password@``, or a key of a mapping names a key or password.
    """
    for place in places_of_secrets(name, value):
        raise ConfigError(f"{place}; leave it out, and give it by the environment: {_BY_VARIABLES}")


_BY_VARIABLES = (
    "HF_TOKEN for the Hugging Face hub, OPENAI_API_KEY for a server "
    "('Basic ...' there is sent as it stands)"
)
