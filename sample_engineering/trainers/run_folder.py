"""The run folder: what a validation did, written so that it opens after any accident.

``config.json``, ``status.json`` and ``result.json`` are written whole or not at all;
``metrics.jsonl`` is a journal; rollouts are kept as small Parquet parts until the run is over.
"""

import hashlib
import json
import os
import platform
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from sample_engineering.errors import RunError
from sample_engineering.files import Journal, write_json, write_whole
from sample_engineering.sample import Sample

FORMAT_VERSION = 1
_PACKAGES = ("sample-engineering", "torch", "transformers", "trl", "accelerate", "peft", "vllm")
# What must be the same for a run to go on.
_DECISIVE = ("sample", "model", "recipe", "seeds", "hashes", "evaluation", "arms")
_BLOCK = 1 << 20  # bytes hashed at a time
# Columns of rollouts.parquet, with their types in Arrow.
ROLLOUT_COLUMNS = {
    "arm": "string",
    "seed": "int64",
    "step": "int64",
    "rollout": "int64",
    "sample_index": "int64",
    "group": "int64",
    "completion": "string",
    "tokens": "int64",
    "truncated": "bool",
    "reward": "float64",
    "readable": "bool",
    "correct": "bool",
    "extracted": "string",
}


class RunFolder:
    """A run folder that is being written.

    Parameters
    ----------
    path : path-like
        The folder.
    writes : bool
        Whether this process is the one that writes; of several, the first.
    """

    def __init__(self, path: str | os.PathLike[str], writes: bool = True) -> None:
        self.path = Path(path)
        self.writes = writes
        self.evaluations = self.path / "eval"
        self.training = self.path / "training"
        self._metrics: Journal | None = None

    @classmethod
    def create(
        cls,
        path: str | os.PathLike[str],
        config: Mapping[str, Any],
        inputs: Mapping[str, Any] | None = None,
    ) -> "RunFolder":
        """Make a new run folder and write its ``config.json`` and ``inputs.json``.

        Raises
        ------
        RunError
            If the folder holds something already, or cannot be written to.
        """
        folder = cls(path)
        try:
            taken = folder.path.exists() and (
                not folder.path.is_dir() or any(folder.path.iterdir())
            )
        except OSError as error:
            raise _unwritable(folder.path, error) from error
        if taken:
            raise RunError(
                f"{folder.path} is not an empty folder; resume the run there with --resume, "
                "or choose another place with --out"
            )
        if inputs is not None:
            write_json(folder.path / "inputs.json", inputs)
        write_json(folder.path / "config.json", config)
        folder.set_status("running", "")
        return folder

    @classmethod
    def reopen(cls, path: str | os.PathLike[str], config: Mapping[str, Any]) -> "RunFolder":
        """Open a run folder to continue, if it was made with the same settings.

        Raises
        ------
        RunError
            If there is no run, or one with other settings.
        """
        folder = cls(path)
        old = read_json(folder.path / "config.json")
        for name in _DECISIVE:
            if _plain(old.get(name)) != _plain(config.get(name)):
                raise RunError(
                    f"{folder.path} was made with another {name}; give the same settings to "
                    "resume, or choose another place with --out"
                )
        folder.set_status("running", "")
        return folder

    def set_status(self, state: str, message: str) -> None:
        """Write ``status.json``: running, finished, interrupted or failed, and why."""
        if not self.writes:
            return
        now = datetime.now(UTC).isoformat(timespec="seconds")
        write_json(self.path / "status.json", {"state": state, "message": message, "time": now})

    def add_metrics(self, record: Mapping[str, Any]) -> None:
        """Append one line to ``metrics.jsonl``."""
        if not self.writes:
            return
        if self._metrics is None:
            self._metrics = Journal(self.path / "metrics.jsonl")
        self._metrics.append(record)

    def metrics(self, arm: str, seed: int) -> list[dict[str, Any]]:
        """Return the lines of one training run so far, oldest first."""
        return [
            line
            for line in read_metrics(self.path)
            if line.get("arm") == arm and line.get("seed") == seed
        ]

    def drop_metrics_after(self, arm: str, seed: int, step: int) -> None:
        """Forget the lines of one training run after `step`, which will be written again."""
        if not self.writes:
            return
        if self._metrics is not None:
            self._metrics.close()
            self._metrics = None
        lines = read_metrics(self.path)
        kept = [
            line
            for line in lines
            if line.get("arm") != arm or line.get("seed") != seed or line["step"] <= step
        ]
        if len(kept) < len(lines):
            with write_whole(self.path / "metrics.jsonl") as stream:
                for line in kept:
                    stream.write(json.dumps(line, ensure_ascii=False) + "\n")

    def add_rollouts(self, arm: str, seed: int, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write rollouts of one training run, each with its ``step``, as a Parquet part."""
        if not rows or not self.writes:
            return
        first, last = rows[0]["step"], rows[-1]["step"]
        part = self.path / "rollouts" / f"{arm}.{seed}.{first:06d}-{last:06d}.parquet"
        _write_parquet(part, [{"arm": arm, "seed": seed, **row} for row in rows])

    def drop_rollouts_after(self, arm: str, seed: int, step: int) -> None:
        """Forget parts of one training run that reach beyond `step`."""
        if not self.writes:
            return
        for part in self._parts():
            part_arm, part_seed, span, _ = part.name.rsplit(".", 3)
            beyond = int(span.split("-")[1]) > step
            if beyond and part_arm == arm and int(part_seed) == seed:
                part.unlink()

    def _parts(self) -> list[Path]:
        return sorted((self.path / "rollouts").glob("*.parquet"))

    def finish(self, result: Mapping[str, Any]) -> None:
        """Join the rollouts, write ``result.json``, drop checkpoints and say that all is done."""
        if not self.writes:
            return
        parts = self._parts()
        if parts:
            import pyarrow as pa
            import pyarrow.parquet as pq

            tables = [pq.read_table(part) for part in parts]
            with write_whole(self.path / "rollouts.parquet", "wb") as stream:
                pq.write_table(pa.concat_tables(tables), stream, compression="zstd")
        write_json(self.path / "result.json", result)
        shutil.rmtree(self.path / "rollouts", ignore_errors=True)
        shutil.rmtree(self.training, ignore_errors=True)
        self.set_status("finished", str(result.get("verdict", "")))
        self.close()

    def close(self) -> None:
        if self._metrics is not None:
            self._metrics.close()
            self._metrics = None


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object of a run folder; raises RunError where there is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise RunError(f"no run at {path.parent}: it has no {path.name}; check the path") from error
    except (OSError, ValueError) as error:
        raise RunError(f"cannot read {path}: {error}; the run folder is damaged") from error
    if not isinstance(content, dict):
        raise RunError(f"{path} holds no JSON object; the run folder is damaged")
    return content


def read_metrics(path: Path) -> list[dict[str, Any]]:
    """Return the lines of ``metrics.jsonl``, without a last line that a crash cut short."""
    place = path / "metrics.jsonl"
    if not place.is_file():
        return []
    lines = place.read_bytes().split(b"\n")[:-1]
    return [json.loads(line) for line in lines if line.strip()]


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, default=str))


def _write_parquet(path: Path, rows: list[dict[str, Any]]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([(name, pa.type_for_alias(kind)) for name, kind in ROLLOUT_COLUMNS.items()])
    with write_whole(path, "wb") as stream:
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), stream, compression="zstd")


def _unwritable(path: Path, error: OSError) -> RunError:
    return RunError(
        f"cannot use {path} as run folder: {error.strerror or error}; choose another with --out"
    )


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that a result may depend on."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def git_state() -> dict[str, Any] | None:
    """Return commit and cleanliness of the repository in the working folder, None if none."""
    try:
        commit = _git("rev-parse", "HEAD")
        return {"commit": commit, "changed_files": len(_git("status", "--porcelain").splitlines())}
    except (OSError, subprocess.SubprocessError):
        return None


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], check=True, capture_output=True, text=True, timeout=10
    )
    return done.stdout.strip()


def hash_samples(samples: Iterable[Sample]) -> str:
    """SHA-256 of samples as canonical JSON."""
    content = [sample.to_dict() for sample in samples]
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def hash_model(model: str | os.PathLike[str]) -> str | None:
    """SHA-256 over a model folder's configuration, tokenizer and weights; None for a hub name."""
    folder = Path(model)
    if not folder.is_dir():
        return None
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.suffix in (".json", ".safetensors", ".model", ".txt", ".jinja"):
            digest.update(path.name.encode() + b"\0")
            with path.open("rb") as stream:
                while block := stream.read(_BLOCK):
                    digest.update(block)
    return digest.hexdigest()
