"""An engine: turns prompts into completions."""

from dataclasses import dataclass

from sample_engineering.generation import BaseGenerator, Completion


@dataclass(frozen=True)
class Parrot:
    """Always says the model's name, in a box; its fields are its options."""

    times: int = 1

    def open(self, model, name=None):
        """Return the generator that speaks."""
        return ParrotGenerator(name or f"parrot that says {model}", model, self.times)


class ParrotGenerator(BaseGenerator):
    """Says the same to every prompt."""

    def __init__(self, name, word, times):
        super().__init__(name)
        self._said = " ".join([rf"\boxed{{{word}}}"] * times)

    def generate(self, prompts, sampling, *, schema=None, progress=None):
        """Return `sampling.n` completions for each prompt."""
        said = Completion(self._said, tokens=1, finish_reason="stop")
        if progress is not None:
            progress(len(prompts))
        return [[said] * sampling.n for _ in prompts]
