"""The same records in every container that people keep them in: a function to what is read."""

import bz2
import gzip
import json
import lzma
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas
import pyarrow
import pyarrow.feather
import pyarrow.orc
import pyarrow.parquet
import zstandard

Records = Sequence[dict[str, Any]]
Container = Callable[[Records, Path], Any]


def lines(records: Sequence[Any]) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def file(name: str, body: Callable[[Records], bytes]) -> Container:
    def write(records: Records, folder: Path) -> str:
        (folder / name).write_bytes(body(records))
        return str(folder / name)

    return write


def parquet(records: Records, path: Path) -> None:
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(list(records)), path)


def in_parquet(records: Records, folder: Path) -> str:
    parquet(records, folder / "pool.parquet")
    return str(folder / "pool.parquet")


def shards(records: Records, folder: Path) -> Path:
    inner = folder / "set" / "data"
    inner.mkdir(parents=True)
    (folder / "set" / "README.md").write_text("# A set")
    (folder / "set" / "dataset_info.json").write_text("{}")
    middle = len(records) // 2
    parquet(records[:middle], inner / "train-00000-of-00002.parquet")
    parquet(records[middle:], inner / "train-00001-of-00002.parquet")
    return folder / "set"


def single_objects(records: Records, folder: Path) -> Path:
    (folder / "algebra").mkdir()
    for number, record in enumerate(records):
        (folder / "algebra" / f"{number}.json").write_text(json.dumps(record, indent=1))
    return folder


def saved(records: Records, folder: Path) -> Path:
    import datasets

    datasets.Dataset.from_list(list(records)).save_to_disk(folder / "saved")
    return folder / "saved"


def saved_splits(records: Records, folder: Path) -> Path:
    import datasets

    train, test = datasets.Dataset.from_list(list(records)), datasets.Dataset.from_list([{"x": 1}])
    datasets.DatasetDict({"train": train, "test": test}).save_to_disk(folder / "saved")
    return folder / "saved"


def several(records: Records, folder: Path) -> list[str]:
    (folder / "a.jsonl").write_bytes(lines(records[:1]))
    (folder / "b.json").write_text(json.dumps(list(records[1:])))
    return [str(folder / "a.jsonl"), str(folder / "b.json")]


def pattern(records: Records, folder: Path) -> str:
    (folder / "part-2.jsonl").write_bytes(lines(records[:1]))
    (folder / "part-10.jsonl").write_bytes(lines(records[1:]))
    return str(folder / "part-*.jsonl")


def zipped(records: Records, folder: Path) -> Path:
    with zipfile.ZipFile(folder / "pool.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("set/pool.jsonl", lines(records))
        archive.writestr("set/README.txt", "text")
    return folder / "pool.zip"


def zipped_parquet(records: Records, folder: Path) -> Path:
    with zipfile.ZipFile(folder / "pool.zip", "w") as archive:
        archive.write(in_parquet(records, folder), "set/data.parquet")
    return folder / "pool.zip"


def packed_parquet(records: Records, folder: Path) -> Path:
    body = Path(in_parquet(records, folder)).read_bytes()
    (folder / "other.parquet.gz").write_bytes(gzip.compress(body))
    return folder / "other.parquet.gz"


def feather(records: Records, folder: Path) -> Path:
    pyarrow.feather.write_feather(pyarrow.Table.from_pylist(list(records)), folder / "p.feather")
    return folder / "p.feather"


def orc(records: Records, folder: Path) -> Path:
    pyarrow.orc.write_table(pyarrow.Table.from_pylist(list(records)), folder / "pool.orc")
    return folder / "pool.orc"


def columns(records: Records) -> dict[str, dict[str, Any]]:
    return {
        name: {str(place): record[name] for place, record in enumerate(records)}
        for name in records[0]
    }


def csv(sign: str) -> Callable[[Records], bytes]:
    return lambda records: pandas.DataFrame(list(records)).to_csv(index=False, sep=sign).encode()


# Whatever a record holds.
NESTED: dict[str, Container] = {
    "jsonl": file("pool.jsonl", lines),
    "json list": file("pool.json", lambda records: json.dumps(list(records)).encode()),
    "json list, indented": file(
        "pool.json", lambda records: json.dumps(list(records), indent=2).encode()
    ),
    "json list in .jsonl": file("pool.jsonl", lambda records: json.dumps(list(records)).encode()),
    "json objects, indented": file(
        "pool.json",
        lambda records: "\n".join(json.dumps(one, indent=2) for one in records).encode(),
    ),
    "json objects in a row": file(
        "pool.json", lambda records: "".join(map(json.dumps, records)).encode()
    ),
    "json lines in .json": file("pool.json", lines),
    "data": file("pool.json", lambda records: json.dumps({"data": list(records)}).encode()),
    "version and data": file(
        "pool.json", lambda records: json.dumps({"version": 1, "rows": list(records)}).encode()
    ),
    "split": file("pool.json", lambda records: json.dumps({"train": list(records)}).encode()),
    "splits": file(
        "pool.json",
        lambda records: json.dumps({"train": list(records), "test": list(records[:1])}).encode(),
    ),
    "pandas by column": file("pool.json", lambda records: json.dumps(columns(records)).encode()),
    "pandas split": file(
        "pool.json",
        lambda records: json.dumps(
            {
                "columns": list(records[0]),
                "index": list(range(len(records))),
                "data": [list(record.values()) for record in records],
            }
        ).encode(),
    ),
    "lists by column": file(
        "pool.json",
        lambda records: json.dumps(
            {name: [record[name] for record in records] for name in records[0]}
        ).encode(),
    ),
    "gz": file("pool.jsonl.gz", lambda records: gzip.compress(lines(records))),
    "zst": file(
        "pool.jsonl.zst", lambda records: zstandard.ZstdCompressor().compress(lines(records))
    ),
    "bz2": file("pool.jsonl.bz2", lambda records: bz2.compress(lines(records))),
    "xz": file("pool.jsonl.xz", lambda records: lzma.compress(lines(records))),
    "zip": zipped,
    "no ending": file("pool", lines),
    ".txt": file("pool.txt", lines),
    "byte order mark": file("pool.jsonl", lambda records: b"\xef\xbb\xbf" + lines(records)),
    "utf-16": file("pool.jsonl", lambda records: lines(records).decode().encode("utf-16")),
    "crlf": file("pool.jsonl", lambda records: lines(records).replace(b"\n", b"\r\n")),
    "parquet": in_parquet,
    "parquet in zip": zipped_parquet,
    "parquet in gz": packed_parquet,
    "feather": feather,
    "orc": orc,
    "shards": shards,
    "hf: folder": lambda records, folder: f"hf:{shards(records, folder)}",
    "single objects": single_objects,
    "saved": saved,
    "hf: saved": lambda records, folder: f"hf:{saved(records, folder)}",
    "saved splits": saved_splits,
    "several": several,
    "pattern": pattern,
    "records": lambda records, folder: list(records),
    "data frame": lambda records, folder: pandas.DataFrame(list(records)),
    "arrow table": lambda records, folder: pyarrow.Table.from_pylist(list(records)),
    "frame through parquet": lambda records, folder: pandas.read_parquet(
        in_parquet(records, folder)
    ).to_dict("records"),  # lists become arrays of NumPy
}
# Records whose values are texts and numbers.
FLAT: dict[str, Container] = {
    "csv": file("pool.csv", csv(",")),
    "semicolons": file("pool.csv", csv(";")),
    "tsv": file("pool.tsv", csv("\t")),
    "csv, no ending": file("pool", csv(",")),
    "csv in utf-16": file("pool.csv", lambda records: csv(",")(records).decode().encode("utf-16")),
    "csv with its index": file(
        "pool.csv", lambda records: pandas.DataFrame(list(records)).to_csv().encode()
    ),
}
