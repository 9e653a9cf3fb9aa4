"""A generator that needs no model: it answers by a rule, seeded like a real one."""

import random

from sample_engineering.generation.protocol import Completion


class Ruled:
    """Writes what `answer(prompt_text, rng)` returns."""

    name = "ruled"

    def __init__(self, answer):
        self.answer = answer
        self.asked = []

    def generate(
        self, prompts, *, n=1, max_tokens=512, temperature=1.0, seed=None, progress=None, **_
    ):
        self.asked = list(prompts)
        groups = []
        for index, prompt in enumerate(prompts):
            text = prompt if isinstance(prompt, str) else prompt[-1]["content"]
            rng = random.Random(f"{seed}-{index}")
            answers = [self.answer(text, rng if temperature else None) for _ in range(n)]
            groups.append([Completion(a, len(a.split()), "stop") for a in answers])
            if progress is not None:
                progress(1)
        return groups
