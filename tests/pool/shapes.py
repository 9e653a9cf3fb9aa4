"""Records in the shapes of public data sets, each made from the same few problems.

A shape is a function from items to records; what a reader must find in them is in the items.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Record = Any  # a mapping, or a list of turns


@dataclass(frozen=True)
class Item:
    """A problem, its gold, and for multiple choice its options."""

    id: str
    problem: str
    gold: str
    options: tuple[str, ...] = ()

    @property
    def place(self) -> int:
        """Of the right option, from 0."""
        return "ABCDEFGHIJ".index(self.gold)


OPEN = (
    Item("q7", "A tank holds 40 litres and loses 3 each minute. What is left after 7?", "19"),
    Item("q8", "Two fair dice are rolled. How likely is a sum of 9?", "\\frac{1}{9}"),
    Item("q9", "Simplify $\\sqrt{2}\\cdot\\sqrt{18}$, please.", "6"),
)
CHOICE = (
    Item("c1", "Which of these numbers is prime?", "B", ("4", "7", "6", "9")),
    Item("c2", "Which gas do green plants take in?", "D", ("neon", "argon", "oxygen", "CO2")),
    Item("c3", "Which of these numbers is even?", "A", ("8", "3", "5", "7")),
)
LETTERS = "ABCDEFGHIJ"
Shape = Callable[[Sequence[Item]], list[Record]]


def each(make: Callable[[Item], Record]) -> Shape:
    return lambda items: [make(item) for item in items]


def user(text: str) -> dict[str, str]:
    return {"role": "user", "content": text}


def worked(item: Item) -> str:
    return f"First we look closely at it.\nThen it follows that $x = \\boxed{{{item.gold}}}$."


# Prompts as a chat template of a model family writes them out.
TEMPLATES = {
    "ChatML": "<|im_start|>system\nHelp.<|im_end|>\n"
    "<|im_start|>user\n{}<|im_end|>\n<|im_start|>assistant\n{}",
    "Llama 3": "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n{}<|eot_id|>"
    "<|start_header_id|>assistant<|end_header_id|>\n\n{}",
    "Llama 2": "<s>[INST] <<SYS>>\nHelp.\n<</SYS>>\n\n{} [/INST]{}",
    "Gemma": "<bos><start_of_turn>user\n{}<end_of_turn>\n<start_of_turn>model\n{}",
    "DeepSeek": "<｜begin▁of▁sentence｜>Help.<｜User｜>{}<｜Assistant｜>{}",
    "Phi": "<|user|>\n{}<|end|>\n<|assistant|>\n{}",
    "harmony": "<|start|>user<|message|>{}<|end|><|start|>assistant<|message|>{}",
    "Phi 4": "<|im_start|>user<|im_sep|>{}<|im_end|><|im_start|>assistant<|im_sep|>{}",
    "Cohere": "<BOS_TOKEN><|START_OF_TURN_TOKEN|><|USER_TOKEN|>{}<|END_OF_TURN_TOKEN|>"
    "<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>{}",
    "Alpaca": "Below is an instruction that describes a task.\n\n### Instruction:\n{}\n\n"
    "### Response:{}",
    "turns in words": "Human: {}\n\nAssistant:{}",
}
# What a template leaves behind where the model is yet to speak, and the like before its words.
BEFORE_A_REPLY = ("", "<think>\n", "<think>\n\n</think>\n\n")

# Open questions that carry an id.
WITH_ID: dict[str, Shape] = {
    "plain": each(lambda i: {"id": i.id, "problem": i.problem, "answer": i.gold}),
    "question, answer": each(lambda i: {"id": i.id, "question": i.problem, "answer": i.gold}),
    "gsm8k": each(
        lambda i: {"id": i.id, "question": i.problem, "answer": f"So it is.\n#### {i.gold}"}
    ),
    "math": each(
        lambda i: {"unique_id": i.id, "problem": i.problem, "solution": worked(i), "level": "L"}
    ),
    "numina 1.5": each(
        lambda i: {"uuid": i.id, "problem": i.problem, "solution": worked(i), "answer": i.gold}
    ),
    "verl": each(
        lambda i: {
            "data_source": "own",
            "prompt": [{"role": "system", "content": "Think."}, user(i.problem)],
            "ability": "math",
            "reward_model": {"style": "rule", "ground_truth": i.gold},
            "extra_info": {"index": i.id, "split": "train", "answer": "It is hard to say here."},
        }
    ),
    "skywork": each(
        lambda i: {
            "prompt": [user(i.problem)],
            "reward_model": {"ground_truth": json.dumps([i.gold])},
            "extra_info": {"index": i.id, "model_difficulty": {"M-7B": 4}},
        }
    ),
    "verl as json text": each(
        lambda i: {
            "prompt": json.dumps([user(i.problem)]),
            "reward_model": json.dumps({"ground_truth": i.gold}),
            "extra_info": json.dumps({"index": i.id}),
        }
    ),
    "verl as python text": each(
        lambda i: {
            "prompt": str([user(i.problem)]),
            "reward_model": str({"ground_truth": i.gold, "style": "rule"}),
            "extra_info": str({"index": i.id}),
        }
    ),
    "synthetic-1": each(
        lambda i: {
            "problem_id": i.id,
            "task_type": "verifiable_math",
            "prompt": i.problem,
            "gold_standard_solution": "Nobody says it here.",
            "verification_info": str({"ground_truth": i.gold}),
        }
    ),
    "svamp": each(
        lambda i: {
            "ID": i.id,
            "Body": i.problem.partition(". ")[0] + "." if ". " in i.problem else "",
            "Question": i.problem.partition(". ")[2] or i.problem,
            "Answer": i.gold,
        }
    ),
    "theoremqa": each(
        lambda i: {"Question": i.problem, "Answer": i.gold, "Answer_type": "float", "id": i.id}
    ),
    "scibench": each(
        lambda i: {
            "problem_text": i.problem,
            "answer_latex": " x",
            "answer_number": i.gold,
            "unit": " $\\mathrm{L}$ ",
            "problemid": f" {i.id}",
        }
    ),
    "natural reasoning": each(
        lambda i: {"qid": i.id, "question": i.problem, "reference_answer": i.gold}
    ),
    "prm800k": each(
        lambda i: {
            "id": i.id,
            "question": {"problem": i.problem, "ground_truth_answer": i.gold},
            "label": {"finish_reason": "solution"},
        }
    ),
    "search r1": each(
        lambda i: {
            "id": i.id,
            "question": i.problem,
            "golden_answers": [i.gold],
            "reward_model": {"ground_truth": {"target": [i.gold]}, "style": "rule"},
        }
    ),
    "triviaqa": each(
        lambda i: {
            "question_id": i.id,
            "question": i.problem,
            "answer": {"value": i.gold, "aliases": [i.gold, "another"]},
        }
    ),
    "prose beside a box": each(
        lambda i: {
            "id": i.id,
            "problem": i.problem,
            "answer": "I think that it is about twenty.",
            "solution": worked(i),
        }
    ),
    "prose beside a final answer": each(
        lambda i: {
            "id": i.id,
            "problem": i.problem,
            "answer": "I think that it is about twenty.",
            "final_answer": i.gold,
        }
    ),
    "short names": each(lambda i: {"id": i.id, "q": i.problem, "a": i.gold}),
    "leaves": each(
        lambda i: {
            "data": {"question": i.problem, "target": {"answer": i.gold}},
            "meta": {"level": 3, "id": i.id},
        }
    ),
    "leaf of a list": each(
        lambda i: {"uid": i.id, "body": {"turns": [{"question": i.problem, "answer": i.gold}]}}
    ),
    "nemo gym": each(
        lambda i: {
            "uuid": i.id,
            "responses_create_params": {"input": [user(i.problem)]},
            "expected_answer": i.gold,
        }
    ),
    "tagged": each(
        lambda i: {
            "id": i.id,
            "problem": i.problem,
            "solution": f"<think>So it goes.</think>\n<answer> \\boxed{{{i.gold}}} </answer>",
        }
    ),
    "drop": each(
        lambda i: {
            "query_id": i.id,
            "id": i.id,
            "question": i.problem,
            "answers_spans": {"spans": [i.gold], "types": ["number"]},
        }
    ),
    "text, answer": each(lambda i: {"id": i.id, "text": i.problem, "answer": i.gold}),
    "batch": each(
        lambda i: {"id": i.id, "body": {"messages": [user(i.problem)]}, "expected_output": i.gold}
    ),
    "levels as labels": each(
        lambda i: {
            "id": i.id,
            "problem": i.problem,
            "label": "easy",
            "target": "train",
            "solution": worked(i),
        }
    ),
}
# Open questions without an id: the number of the row is one.
WITHOUT_ID: dict[str, Shape] = {
    "orz": each(
        lambda i: [
            {"from": "human", "value": i.problem},
            {"from": "assistant", "ground_truth": {"value": i.gold, "pass_at_n": 0.5}},
        ]
    ),
    "sharegpt": each(
        lambda i: {
            "conversations": [
                {"from": "human", "value": i.problem},
                {"from": "gpt", "value": worked(i)},
            ],
            "system": "s",
        }
    ),
    "alpaca": each(lambda i: {"instruction": i.problem, "input": "", "output": i.gold}),
    "metamath": each(
        lambda i: {"query": i.problem, "response": f"So it goes on.\nThe answer is: {i.gold}"}
    ),
    "limr": each(lambda i: {"context_messages": [user(i.problem)], "reference": i.gold}),
    "openrlhf": each(lambda i: {"input": i.problem, "label": i.gold}),
    "trl": each(lambda i: {"prompt": [user(i.problem)], "solution": f"${i.gold}$"}),
    "user, assistant": each(lambda i: {"user": i.problem, "assistant": worked(i)}),
    "evals": each(lambda i: {"input": [user(i.problem)], "ideal": i.gold}),
    "completion": each(
        lambda i: {
            "prompt": [user(i.problem)],
            "completion": [{"role": "assistant", "content": worked(i)}],
        }
    ),
    "tulu": each(lambda i: {"messages": [user(i.problem)], "ground_truth": i.gold}),
    "parts": each(
        lambda i: {
            "messages": [{"role": "user", "content": [{"type": "text", "text": i.problem}]}],
            "answer": i.gold,
        }
    ),
}
OPTIONS: dict[str, Shape] = {
    "mmlu": each(lambda i: {"question": i.problem, "choices": list(i.options), "answer": i.place}),
    "hellaswag": each(
        lambda i: {"ctx": i.problem, "endings": list(i.options), "label": str(i.place)}
    ),
    "one-hot": each(
        lambda i: {
            "input": i.problem,
            "multiple_choice_targets": list(i.options),
            "multiple_choice_scores": [int(text == i.options[i.place]) for text in i.options],
        }
    ),
    "scores of texts": each(
        lambda i: {
            "input": i.problem,
            "target_scores": {text: int(text == i.options[i.place]) for text in i.options},
        }
    ),
    "winogrande": each(
        lambda i: {
            "sentence": i.problem,
            **{f"option{n}": text for n, text in enumerate(i.options, 1)},
            "answer": str(i.place + 1),
        }
    ),
    "within": each(
        lambda i: {
            "data": {"question": i.problem, "choices": list(i.options), "answer": i.gold},
            "info": {"level": 2},
        }
    ),
    "from one": each(
        lambda i: {"question": i.problem, "choices": list(i.options), "answer": i.place + 1}
    ),
    "letters": each(
        lambda i: {"question": i.problem, "options": list(i.options), "answer": i.gold}
    ),
    "text": each(
        lambda i: {
            "question": i.problem,
            "options": list(i.options),
            "answer": i.options[i.place],
        }
    ),
    "arc": each(
        lambda i: {
            "question": i.problem,
            "choices": {"text": list(i.options), "label": list(LETTERS[: len(i.options)])},
            "answerKey": i.gold,
        }
    ),
    "arc, numbers": each(
        lambda i: {
            "question": i.problem,
            "choices": {
                "text": list(i.options),
                "label": [str(n + 1) for n in range(len(i.options))],
            },
            "answerKey": str(i.place + 1),
        }
    ),
    "keyed": each(
        lambda i: {
            "question": i.problem,
            "options": dict(zip(LETTERS, i.options, strict=False)),
            "answer_idx": i.gold,
            "answer": i.options[i.place],
        }
    ),
    "keyed small": each(
        lambda i: {
            "question": i.problem,
            "options": dict(zip("abcdef", i.options, strict=False)),
            "answer": i.gold.lower(),
        }
    ),
    "keyed 1-4": each(
        lambda i: {
            "question": i.problem,
            "options": {str(n): text for n, text in enumerate(i.options, 1)},
            "answer": str(i.place + 1),
        }
    ),
    "objects": each(
        lambda i: {
            "question": i.problem,
            "choices": [
                {"label": letter, "text": text}
                for letter, text in zip(LETTERS, i.options, strict=False)
            ],
            "answer": i.gold,
        }
    ),
    "c-eval": each(
        lambda i: {
            "question": i.problem,
            **dict(zip(LETTERS, i.options, strict=False)),
            "answer": i.gold,
        }
    ),
    "kmmlu": each(
        lambda i: {
            "question": i.problem,
            **dict(zip(LETTERS, i.options, strict=False)),
            "answer": i.place + 1,
        }
    ),
    "option_a": each(
        lambda i: {
            "question": i.problem,
            **{f"option_{k}": text for k, text in zip("abcdef", i.options, strict=False)},
            "correct_option": i.gold.lower(),
        }
    ),
    "medmcqa": each(
        lambda i: {
            "question": i.problem,
            **{f"op{k}": text for k, text in zip("abcdef", i.options, strict=False)},
            "cop": i.place,
        }
    ),
    "choice1": each(
        lambda i: {
            "question": i.problem,
            **{f"choice{n}": text for n, text in enumerate(i.options, 1)},
            "answer": f"choice{i.place + 1}",
        }
    ),
    "aqua": each(
        lambda i: {
            "question": i.problem,
            "options": [f"{k}){text}" for k, text in zip(LETTERS, i.options, strict=False)],
            "correct": i.gold,
        }
    ),
    "agieval": each(
        lambda i: {
            "passage": None,
            "question": i.problem,
            "options": [f"({k}){text}" for k, text in zip(LETTERS, i.options, strict=False)],
            "label": i.gold,
            "answer": None,
        }
    ),
    "python text": each(
        lambda i: {
            "question": i.problem,
            "choices": str(list(i.options)),
            "answer": str(i.place),
        }
    ),
    "numpy text": each(
        lambda i: {
            "question": i.problem,
            "choices": "[" + " ".join(map(repr, i.options)) + "]",
            "answer": str(i.place),
        }
    ),
    "mathqa": each(
        lambda i: {
            "Problem": i.problem,
            "options": " , ".join(
                f"{k} ) {text}" for k, text in zip("abcdef", i.options, strict=False)
            ),
            "correct": i.gold.lower(),
        }
    ),
}
# The right option is named, and so has no place of its own.
UNPLACED: dict[str, Shape] = {
    "sciq": each(
        lambda i: {
            "question": i.problem,
            **{f"distractor{n}": text for n, text in enumerate(_wrong(i), 1)},
            "correct_answer": i.options[i.place],
        }
    ),
    "gpqa": each(
        lambda i: {
            "Question": i.problem,
            "Correct Answer": i.options[i.place] + "\n",
            **{f"Incorrect Answer {n}": text for n, text in enumerate(_wrong(i), 1)},
            "Record ID": i.id,
        }
    ),
}


def _wrong(item: Item) -> list[str]:
    return [text for place, text in enumerate(item.options) if place != item.place]
