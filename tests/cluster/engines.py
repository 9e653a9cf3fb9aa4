"""Engines and a tagger that workers of Ray can import: they note what they are asked, or die."""

import hashlib
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from sample_engineering.generation import BaseGenerator, Capabilities, Completion
from sample_engineering.generation.engines import choose_engine
from sample_engineering.skills import find_tagger


@dataclass(frozen=True)
class Counted:
    """Answers that depend on the prompt, its number among copies, the seed and the sample.

    Parameters
    ----------
    folder : str
        Where it is written down which process was asked what.
    meet : int
        Processes that must have it open before any answers.
    pace : float
        Seconds that a block takes.
    """

    folder: str
    meet: int = 1
    pace: float = 0.0

    def open(self, model, name=None):
        return CountedGenerator(name or model, Path(self.folder), self.meet, self.pace)


class CountedGenerator(BaseGenerator):
    capabilities = Capabilities(prefill=True, stop=True, top_k=True, seed=True)

    def __init__(self, name, folder, meet, pace):
        super().__init__(name)
        self.folder, self.meet, self.pace = folder, meet, pace
        (folder / f"open-{os.getpid()}").touch()

    def generate(self, prompts, sampling, *, schema=None, progress=None):
        while len(list(self.folder.glob("open-*"))) < self.meet:
            time.sleep(0.05)
        time.sleep(self.pace)
        texts = [_problem(prompt) for prompt in prompts]
        with (self.folder / "asked").open("a") as stream:
            stream.write("".join(f"{os.getpid()} {text!r}\n" for text in texts))
        seen, found = {}, []
        for text, prompt in zip(texts, prompts, strict=True):
            seen[text] = copy = seen.get(text, -1) + 1
            keys = [f"{prompt} {copy} {sampling.seed} {n}".encode() for n in range(sampling.n)]
            digits = [hashlib.blake2b(key).digest()[0] % 3 for key in keys]
            found.append([Completion(f"\\boxed{{{digit}}}", 3, "stop", 5) for digit in digits])
        self.usage.count(len(prompts), 5 * len(prompts), 3 * sampling.n * len(prompts))
        self.note("answers are counted")
        return found


def _problem(prompt):
    if isinstance(prompt, str):
        return prompt
    return next(turn["content"] for turn in reversed(prompt) if turn["role"] == "user")


@dataclass(frozen=True)
class KilledOnce:
    """Transformers; the process of one that is opened is killed in the middle of its second call.

    Parameters
    ----------
    folder : str
        Where it is marked that one was killed.
    """

    folder: str

    def open(self, model, name=None):
        generator = choose_engine("transformers", {"device": "cpu"}).open(model, name)
        mark, stream, calls = Path(self.folder) / "killed", generator.stream, []

        def killed(prompts, sampling, *, schema=None):
            calls.append(prompts)
            for number, found in enumerate(stream(prompts, sampling, schema=schema)):
                if len(calls) == 2 and number == 1:
                    _die_once(mark)
                yield found

        generator.stream = killed
        return generator


class KillingTagger:
    """The built-in tagger; the first process that tags, other than the one at home, is killed."""

    asks_model = False

    def __init__(self, folder):
        self.mark, self.home = folder / "killed", os.getpid()

    def tag(self, samples):
        if os.getpid() != self.home:
            _die_once(self.mark)
        return find_tagger("builtin").tag(samples)


def _die_once(mark):
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
