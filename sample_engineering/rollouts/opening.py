"""The files of a log, opened one after the other."""

from collections.abc import Iterable, Iterator

from sample_engineering.errors import PoolError
from sample_engineering.rollouts.logs import PathLike, find_logs
from sample_engineering.rollouts.reading import NoRewards, open_log
from sample_engineering.rollouts.report import LogReport
from sample_engineering.rollouts.rollout import Asked, LogFile


def open_logs(
    places: PathLike | Iterable[PathLike], asked: Asked, report: LogReport
) -> Iterator[LogFile]:
    """Yield the files of a log, opened; of several, those without rewards are passed over.

    Raises
    ------
    PoolError
        If none has any.
    """
    logs = find_logs(places)
    numbered = len(logs) > 1 and all(log.step is not None for log in logs)
    refused: NoRewards | None = None
    opened = 0
    for log in logs:
        try:
            file = open_log(log, asked, report.problems, numbered=numbered)
        except NoRewards as error:
            refused = refused or error
            report.passed_over.append(str(log.path))
            continue
        opened += 1
        report.opened(file)
        yield file
    if not opened:
        assert refused is not None
        raise PoolError(str(refused))
    report.files_of = len(logs)
