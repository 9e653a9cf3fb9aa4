"""Reading and writing pools of candidates, in the formats and field names of the ecosystem."""

from sample_engineering.pool.collection import Pool
from sample_engineering.pool.reading import read_pool, stream_pool, stream_records
from sample_engineering.pool.records import sample_from_record
from sample_engineering.pool.report import BadLine, Report
from sample_engineering.pool.schema import Schema
from sample_engineering.pool.writing import write_pool, write_records

__all__ = [
    "BadLine",
    "Pool",
    "Report",
    "Schema",
    "read_pool",
    "sample_from_record",
    "stream_pool",
    "stream_records",
    "write_pool",
    "write_records",
]
