"""What goes wrong in TRL, vLLM or on the GPU, said in a sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

from sample_engineering.errors import SampleEngineeringError, TrainingError

_LONGEST = 300  # characters of a library's message that are shown
_ROOM = (
    "lower `micro_batch` or `max_tokens`, train adapters (`lora`), or set "
    "`optim`=adamw_8bit; `se doctor` says what fits"
)


@contextmanager
def start_in_words(world: int = 1) -> Iterator[None]:
    """Turn whatever the libraries raise while a training starts into a TrainingError.

    Parameters
    ----------
    world : int
        Processes of the training.

    Raises
    ------
    TrainingError
        With the library's own first line, and what to do. Errors of our own pass as they are, and
        so does a failed write.
    """
    try:
        yield
    except SampleEngineeringError:
        raise
    except OSError as error:
        if error.errno is not None:  # of the disk: `write_errors_in_words` knows better
            raise
        raise TrainingError(_sentence(error, world)) from error
    except Exception as error:
        raise TrainingError(_sentence(error, world)) from error


@contextmanager
def memory_in_words() -> Iterator[None]:
    """Turn a full GPU into a TrainingError; other errors pass."""
    try:
        yield
    except Exception as error:
        if not _full(error):
            raise
        raise TrainingError(
            f"the training does not fit into the GPU's memory: {_first_line(error)}; {_ROOM}"
        ) from error


def _sentence(error: Exception, world: int) -> str:
    reason = _first_line(error)
    if _full(error):
        return f"the training does not fit into the GPU's memory: {reason}; {_ROOM}"
    if isinstance(error, ImportError):
        missing = f" {error.name}" if error.name else ""
        return f"TRL cannot start, a package{missing} cannot be used: {reason}; install it"
    if "DataParallel" in reason:
        return (
            "several GPUs are visible to one process; start one a GPU with accelerate launch, or "
            "choose one with CUDA_VISIBLE_DEVICES"
        )
    if "vllm" in _trace(error):
        return f"vLLM cannot start: {reason}; change the recipe's `vllm` settings, or leave it out"
    named = reason if isinstance(error, ValueError) else f"{type(error).__name__}: {reason}"
    where = f" in {world} processes" if world > 1 else ""
    return f"TRL cannot start{where}: {named}; change the recipe"


def _full(error: BaseException) -> bool:
    """Whether a GPU had no room left, whichever library says so."""
    kind = type(error).__name__
    text = str(error).lower()
    return kind == "OutOfMemoryError" or (
        "out of memory" in text or "free memory on device" in text or "no available memory" in text
    )


def _first_line(error: BaseException) -> str:
    text = next((line.strip() for line in str(error).splitlines() if line.strip()), "")
    return text[:_LONGEST].rstrip(".:;") or type(error).__name__


def _trace(error: BaseException) -> set[str]:
    """Return the top-level packages through which an error came."""
    packages, trace = set(), error.__traceback__
    while trace is not None:
        packages.add(str(trace.tb_frame.f_globals.get("__name__", "")).partition(".")[0])
        trace = trace.tb_next
    return packages
