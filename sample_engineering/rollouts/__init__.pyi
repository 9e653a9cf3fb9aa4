from .collecting import Collected as Collected
from .collecting import read_histories as read_histories
from .histories import HistoryTable as HistoryTable
from .joining import Joiner as Joiner
from .report import LogReport as LogReport
from .rescored import Rescored as Rescored
from .rescoring import Grading as Grading
from .rescoring import rescore_logs as rescore_logs
