"""A generator that needs no model: it answers by a rule, seeded like a real one."""

import random

from sample_engineering.generation import BaseGenerator, Completion


class Ruled(BaseGenerator):
    """Writes what `answer(prompt_text, rng)` returns."""

    def __init__(self, answer):
        super().__init__("ruled")
        self.answer = answer
        self.asked = []

    def generate(self, prompts, sampling, *, schema=None, progress=None):
        self.asked = list(prompts)
        groups = []
        for index, prompt in enumerate(prompts):
            text = prompt if isinstance(prompt, str) else prompt[-1]["content"]
            rng = random.Random(f"{sampling.seed}-{index}")
            answers = [
                self.answer(text, None if sampling.greedy else rng) for _ in range(sampling.n)
            ]
            groups.append([Completion(a, len(a.split()), "stop") for a in answers])
            if progress is not None:
                progress(1)
        return groups
