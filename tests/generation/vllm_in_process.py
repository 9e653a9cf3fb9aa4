"""Exercise VLLMGenerator and write what was found; run by test_vllm.py in a process of its own."""

import json
import os
import sys
from typing import Any

from sample_engineering.generation import Sampling


def stop_of(reference: Any, prompts: Any) -> tuple[str, ...]:
    """Return the end of what the model says to each prompt."""
    groups = reference.generate(prompts, Sampling(max_tokens=12, temperature=0))
    return tuple(item.text[-1] for (item,) in groups)


def main(model: str, result: str) -> None:
    from sample_engineering.errors import GenerationError
    from sample_engineering.generation.begun_answer import begin_answer, begun_text
    from sample_engineering.generation.transformers_engine import TransformersGenerator
    from sample_engineering.generation.vllm_engine import CPU_CACHE_VARIABLE, VLLMGenerator

    chat = [{"role": "user", "content": "What is 2 + 3?"}]
    schema = {
        "type": "object",
        "properties": {"answer": {"type": "integer", "minimum": 0, "maximum": 99}},
        "required": ["answer"],
        "additionalProperties": False,
    }
    try:
        VLLMGenerator(model + "-absent")
        error = ""
    except GenerationError as caught:
        error = str(caught)
    generator = VLLMGenerator(
        model,
        dtype="float32",
        max_model_len=256,
        # No further process: starts in a sixth of the time.
        engine={"enforce_eager": True, "distributed_executor_backend": "uni"},
    )
    kept = CPU_CACHE_VARIABLE in os.environ
    reference = TransformersGenerator(model)

    def text(found):
        return [[item.text for item in group] for group in found]

    steps: list[int] = []
    prompts = [chat, "2 + 3 =", chat]
    groups = generator.generate(
        prompts, Sampling(n=6, max_tokens=16, seed=1), progress=steps.append
    )
    again = generator.generate(prompts, Sampling(n=6, max_tokens=16, seed=1))
    streamed = dict(generator.stream(prompts, Sampling(n=6, max_tokens=16, seed=1)))
    narrow = Sampling(max_tokens=12, top_k=1)  # top-1 is greedy at any temperature
    stopped = generator.generate(
        prompts[:2], Sampling(max_tokens=12, temperature=0, stop=stop_of(reference, prompts[:2]))
    )
    scored = generator.generate([chat], Sampling(max_tokens=9, logprobs=True))[0][0]
    answers = generator.generate([chat] * 4, Sampling(max_tokens=60, seed=2), schema=schema)
    read = 0
    for (item,) in answers:
        if item.finish_reason == "stop":
            read += 0 <= json.loads(item.text)["answer"] <= 99
    begun = begin_answer(chat, "It is \\boxed{")
    found = {
        "greedy": text(generator.generate(prompts[:2], Sampling(max_tokens=12, temperature=0))),
        "expected": text(reference.generate(prompts[:2], Sampling(max_tokens=12, temperature=0))),
        "top_1": text(generator.generate(prompts[:2], narrow)),
        "streamed": [[item.text for item in streamed[index]] for index in range(3)],
        "stopped": text(stopped),
        "stopped_expected": text(
            reference.generate(
                prompts[:2],
                Sampling(max_tokens=12, temperature=0, stop=stop_of(reference, prompts[:2])),
            )
        ),
        "distinct": len({item.text for item in groups[0]}),
        "same_seed": text(groups) == text(again),
        "groups": text(groups),
        "copies_differ": text(groups)[0] != text(groups)[2],
        "logprobs_fit": scored.logprobs is not None and len(scored.logprobs) == scored.tokens,
        "progress": sum(steps),
        "json_ok": read,
        "begun": text(generator.generate([begun], Sampling(max_tokens=6, temperature=0))),
        "begun_expected": text(
            reference.generate(
                [begun_text(begun, reference.tokenizer)], Sampling(max_tokens=6, temperature=0)
            )
        ),
        "error": error,
        "environment_kept": kept,
    }
    with open(result, "w") as stream:
        json.dump(found, stream)


if __name__ == "__main__":
    main(*sys.argv[1:])
