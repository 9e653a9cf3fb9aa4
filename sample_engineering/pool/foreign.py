"""Files that hold no records as they are: what each is, and what to do with it."""

import tarfile
import zipfile
from pathlib import Path

from sample_engineering.errors import PoolError
from sample_engineering.pool.lines import head_of

_SHEET = "is a spreadsheet; save the sheet as CSV (UTF-8) and give that"
_DOCUMENT = "is a document, not data; put its problems into JSONL or CSV"
_ARCHIVE = "is an archive; unpack it and give the folder"
_PICKLE = (
    "is a pickle, which is never loaded, since loading one can run code of whoever wrote it; "
    "write its records as JSONL or Parquet where you trust it"
)
_DATABASE = "is a database; export the table as CSV or JSONL"
_WEIGHTS = "holds the weights of a model, not problems"
_ARRAYS = "holds arrays of numbers, not problems; write the records as JSONL or Parquet"
_OTHER = "is in a format that is not read; write its records as JSONL, CSV or Parquet"
_ENDINGS = {
    **dict.fromkeys((".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".numbers"), _SHEET),
    **dict.fromkeys((".pdf", ".docx", ".doc", ".odt", ".rtf", ".pptx", ".epub"), _DOCUMENT),
    **dict.fromkeys((".tar", ".tgz", ".tbz2", ".txz", ".7z", ".rar"), _ARCHIVE),
    **dict.fromkeys((".pkl", ".pickle", ".pt", ".pth", ".joblib", ".dill", ".ckpt"), _PICKLE),
    **dict.fromkeys((".db", ".sqlite", ".sqlite3", ".duckdb", ".mdb", ".accdb"), _DATABASE),
    **dict.fromkeys((".safetensors", ".gguf", ".onnx"), _WEIGHTS),
    **dict.fromkeys((".npy", ".npz", ".mat"), _ARRAYS),
    **dict.fromkeys((".h5", ".hdf5", ".avro", ".tfrecord", ".tfrecords", ".rds"), _OTHER),
    **dict.fromkeys((".yaml", ".yml", ".toml", ".xml", ".rdata", ".sav", ".dta"), _OTHER),
}
_MAGIC = (
    (b"%PDF-", _DOCUMENT),
    (b"{\\rtf", _DOCUMENT),
    (b"SQLite format 3\x00", _DATABASE),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _SHEET),  # Excel and Word before 2007
    (b"7z\xbc\xaf\x27\x1c", _ARCHIVE),
    (b"Rar!\x1a\x07", _ARCHIVE),
    (b"\x93NUMPY", _ARRAYS),
    (b"\x89HDF", _OTHER),
    (b"Obj\x01", _OTHER),
    (b"GGUF", _WEIGHTS),
    *((bytes((0x80, version)), _PICKLE) for version in range(2, 6)),
)
# Members by which an archive of zip's kind shows what it is.
_MEMBERS = (
    ("xl/", _SHEET),
    ("word/", _DOCUMENT),
    ("ppt/", _DOCUMENT),
)
_TAR_MAGIC = slice(257, 262)


def foreign(path: Path) -> str:
    """Return what a file is that is not read, and what to do with it; empty for any other.

    By its first bytes, whatever it is called, then by its name.
    """
    try:
        with path.open("rb") as stream:
            start = stream.read(64)
    except OSError:
        return ""
    if start.startswith(b"PK\x03\x04") and (said := _of_zip(path)):
        return said
    said = next((said for magic, said in _MAGIC if start.startswith(magic)), "")
    if said:
        return said
    name = path.name.lower()
    for ending in (".gz", ".bz2", ".xz", ".zst", ".zstd"):
        if name.endswith(".tar" + ending):
            return _ARCHIVE
        name = name.removesuffix(ending)
    if said := _ENDINGS.get(Path(name).suffix, ""):
        return said
    return _ARCHIVE if _is_tar(head_of(path)) else ""


def refuse_foreign(path: Path) -> None:
    """Raise PoolError for a file that holds no records as it is."""
    if said := foreign(path):
        raise PoolError(f"{path} {said}")


def _is_tar(head: bytes) -> bool:
    if head[_TAR_MAGIC] != b"ustar":
        return False
    try:
        tarfile.TarInfo.frombuf(head[:512], "utf-8", "surrogateescape")
    except (tarfile.TarError, ValueError):
        return False
    return True


def _of_zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            mark = archive.read("mimetype")[:100] if "mimetype" in names[:1] else b""
    except (zipfile.BadZipFile, OSError, RuntimeError):  # RuntimeError: encrypted, or unknown
        return ""
    if "[Content_Types].xml" in names:
        for start, said in _MEMBERS:
            if any(name.startswith(start) for name in names):
                return said
    if mark:
        return _SHEET if b"spreadsheet" in mark else _DOCUMENT
    if any(name.endswith("/data.pkl") for name in names):
        return _PICKLE
    if names and all(name.endswith(".npy") for name in names):
        return _ARRAYS
    return ""
