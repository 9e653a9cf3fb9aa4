from .histories import HistoryTable as HistoryTable
from .histories import read_histories as read_histories
from .joining import Joiner as Joiner
from .report import LogReport as LogReport
