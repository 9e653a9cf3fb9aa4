"""Contamination: are benchmark items found in other people's prompts, and only those?

    python benchmarks/contamination.py [--data ../shared/data] [--pairs] [--json]

Each item of MATH-500 is put in a wrapper (a prompt template, the options of a multiple choice, other
names) and ranked against MATH-500 itself: *found* are those that are gated, *said* those of which a
shared passage is said, *unsaid* the rest. The other way round, problems of a training set that are
no copies, and 30 items of the benchmark, stand in the same wrapper: none should be gated.

The wrappers are of our own making, in the manner of prompts that are in use: as a whole pool, alone
(a pool of one text: nothing can be learnt from its neighbours), in a tenth of a pool, and on both
sides. ``--pairs`` prints the near-copies among plain texts, to be read.
"""

# ruff: noqa: E501 (prompts read best whole)

import argparse
import json
import random
import re
import sys
from collections.abc import Callable
from pathlib import Path

from sample_engineering.sample import Sample
from sample_engineering.selectors.evidence import Evidence
from sample_engineering.selectors.novelty import Novelty

SEED = 11
ALONE = 8  # pools of one text
AIME = 30  # items of a small benchmark
UNRELATED = 500

PROBLEM = "§"
BOX = "\\boxed{}"
WRAPPERS: dict[str, str] = {
    "plain": "§",
    "qwen suffix": "§ Let's think step by step and output the final answer within " + BOX + ".",
    "qwen system": (
        "<|im_start|>system\nPlease reason step by step, and put your final answer within "
        + BOX
        + ".<|im_end|>\n<|im_start|>user\n§<|im_end|>\n<|im_start|>assistant\n"
    ),
    "verl gsm8k": '§ Let\'s think step by step and output the final answer after "####".',
    "dapo": (
        "Solve the following math problem step by step. The last line of your response should be of "
        "the form Answer: $Answer (without quotes) where $Answer is the answer to the problem.\n\n§"
        '\n\nRemember to put your answer on its own line after "Answer:".'
    ),
    "r1 / orz": (
        "A conversation between User and Assistant. The User asks a question, and the Assistant "
        "solves it. The Assistant first thinks about the reasoning process in the mind and then "
        "provides the User with the answer. User: You must put your answer inside " + BOX + " and "
        "your final answer will be extracted automatically by the " + BOX + " tag.\n§\nAssistant:"
    ),
    "label": "Question: §\nAnswer:",
    "numbered": "**Problem 17.** §\n\n**Solution.**",
    "llama inst": "<s>[INST] <<SYS>>\nYou are a careful tutor.\n<</SYS>>\n\n§ [/INST]",
    "alpaca": (
        "Below is an instruction that describes a task. Write a response that fits it.\n\n"
        "### Instruction:\n§\n\n### Response:\n"
    ),
    "few shot": (
        "Q: A hen lays 3 eggs a day. How many in a week?\nA: 3 * 7 = 21. The answer is 21.\n\n"
        "Q: What is half of 90?\nA: The answer is 45.\n\nQ: §\nA:"
    ),
    "json": (
        'Read the exercise between the tags and reply with JSON such as {"result": 5}.\n'
        "<exercise>§</exercise>\nNothing but JSON, please."
    ),
    "german": (
        "Löse die folgende Aufgabe sorgfältig. Das Ergebnis gehört ans Ende, in einen Kasten.\n\n"
        "Aufgabe: §\n\nDenke gründlich nach, bevor du antwortest."
    ),
    "chinese": "请解答下面的数学题，把结果写在最后一行。\n题目：§\n注意检查每个步骤。",
    "spanish": "Eres un profesor paciente. Resuelve con cuidado y termina con el resultado solo.\n§",
    "russian": "Ниже дана задача. Рассуждай спокойно и напиши в конце только число.\n§\nЖелаю удачи!",
    "exam": (
        "National Mathematics Evening, Round Two. No calculators are allowed, and drafts are not "
        "collected.\n§\nHand in your sheet when the bell rings."
    ),
    "persona": (
        "Captain Euler greets the crew! Today's riddle comes from the lighthouse keeper himself, who "
        "wants a rigorous argument. § The keeper awaits your reply with great patience."
    ),
    "tool": (
        "You may run Python in a sandbox whenever a calculation looks long. Cells share their state."
        "\n\n§\n\nFinish by calling submit() with one value and nothing else."
    ),
    "rubric": (
        "Graders look at rigour, clarity and brevity, in this order.\n---\n§\n---\nWords beyond two "
        "hundred are not read by anyone."
    ),
    "no break": "kindly work on this for me right now § and tell me honestly how sure you are of it",
}
LETTERS = "ABCD"


def options_appended(text: str, answer: str, rng: random.Random) -> str:
    """Add four options, one of them the answer."""
    others = [answer, *(f"{answer} + {k}" for k in rng.sample(range(1, 9), 3))]
    rng.shuffle(others)
    lines = (f"{letter}. {option}" for letter, option in zip(LETTERS, others, strict=True))
    return text + "\n\n" + "\n".join(lines)


def first_sentence_dropped(text: str) -> str:
    """Cut a text after its first sentence, if there are more."""
    parts = re.split(r"(?<=[.?!])\s+", text, maxsplit=1)
    return parts[1] if len(parts) == 2 and len(parts[1]) > 10 else text


def names_changed(text: str) -> str:
    """Put other letters for the one-letter variables of formulas."""
    swap = dict(zip("xyznabckmt", "uvwqrsdpjh", strict=True))
    parts = re.split(r"(\$[^$]*\$)", text)
    return "".join(
        re.sub(r"(?<![\\a-zA-Z])([a-z])(?![a-zA-Z])", lambda m: swap.get(m[1], m[1]), part)
        if part.startswith("$")
        else part
        for part in parts
    )


def number_changed(text: str) -> str:
    """Raise the first number by 2."""
    return re.sub(r"\d+", lambda m: str(int(m[0]) + 2), text, count=1)


def gate(pool: list[str], benchmark: list[str]) -> tuple[int, int, list[str | None]]:
    """Return how many are gated and of how many a passage is said, and the items named."""
    samples = [Sample(str(n), text, "0") for n, text in enumerate(pool)]
    items = [Sample(str(n), text, "0") for n, text in enumerate(benchmark)]
    scores = Novelty().score(Evidence(samples, against=items))
    named = list(scores.columns["contaminated_by"])
    found = sum(name is not None for name in named)
    said = sum("passage" in (reason or "") for reason in scores.reasons)
    return found, said, named


def wrap(wrapper: str, text: str) -> str:
    """Put a problem in a wrapper."""
    return wrapper.replace(PROBLEM, text)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--pairs", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    items = _read(options.data / "benchmarks" / "math500.jsonl")
    train = _read(options.data / "pools" / "math8k.jsonl")
    bench = [item["problem"] for item in items]
    plain = [item["problem"] for item in train]
    if options.pairs:
        _pairs(plain, bench)
        return
    rng = random.Random(SEED)
    _, _, copied = gate(plain, bench)
    others = [text for text, name in zip(plain, copied, strict=True) if name is None]
    unrelated = rng.sample(others, UNRELATED)
    small = rng.sample(bench, AIME)
    changes: dict[str, Callable[[str, str], str]] = {
        "options appended": lambda text, answer: options_appended(text, answer, rng),
        "first sentence dropped": lambda text, _: first_sentence_dropped(text),
        "variables renamed": lambda text, _: names_changed(text),
        "one number changed": lambda text, _: number_changed(text),
    }
    tables = {"data": len(bench)}
    rows = []
    alone = rng.sample(range(len(bench)), ALONE)
    tenth = rng.sample(range(len(bench)), len(bench) // 10)
    for name, wrapper in WRAPPERS.items():
        whole = [wrap(wrapper, text) for text in bench]
        found, said, _ = gate(whole, bench)
        single = sum(gate([whole[place]], bench)[0] for place in alone)
        mixed = [*others[:1500], *(whole[place] for place in tenth)]
        named = gate(mixed, bench)[2]
        part = sum(name is not None for name in named[1500:])
        false_part = sum(name is not None for name in named[:1500])
        both, _, _ = gate(
            [wrap(wrapper, text) for text in unrelated], [wrap(wrapper, text) for text in small]
        )
        few, _, _ = gate(
            [wrap(wrapper, text) for text in unrelated[:8]],
            [wrap(wrapper, text) for text in small[:6]],
        )
        rows.append(
            {"wrapper": name, "found": found, "said": said, "unsaid": len(bench) - found - said,
             "alone": single, "of_alone": ALONE, "tenth": part, "of_tenth": len(tenth),
             "false_tenth": false_part, "false_same_wrapper": both, "false_few": few}
        )  # fmt: skip
        _row(rows[-1], options.json, len(rows) == 1)
    for name, change in changes.items():
        changed = [change(item["problem"], item["answer"]) for item in items]
        found, said, _ = gate(changed, bench)
        rows.append(
            {"wrapper": name, "found": found, "said": said, "unsaid": len(bench) - found - said}
        )
        _row(rows[-1], options.json, False)
    if options.json:
        json.dump(tables | {"rows": rows}, sys.stdout, indent=1)


def _row(row: dict, quiet: bool, first: bool) -> None:
    if quiet:
        return
    names = (
        "found",
        "said",
        "unsaid",
        "alone",
        "tenth",
        "false_tenth",
        "false_same_wrapper",
        "false_few",
    )
    if first:
        print(f"{'wrapper':24}" + "".join(f"{name:>20}" for name in names), flush=True)
    print(
        f"{row['wrapper']:24}" + "".join(f"{row.get(name, ''):>20}" for name in names), flush=True
    )


def _pairs(pool: list[str], bench: list[str]) -> None:
    from rapidfuzz.fuzz import ratio

    samples = [Sample(str(n), text, "0") for n, text in enumerate(pool)]
    items = [Sample(str(n), text, "0") for n, text in enumerate(bench)]
    scores = Novelty().score(Evidence(samples, against=items))
    for n, name in enumerate(scores.columns["contaminated_by"]):
        if name is not None:
            item = bench[int(name)]
            print(
                f"{ratio(pool[n], item):5.1f} {n} {scores.reasons[n]}\n   {pool[n]!r}\n   {item!r}"
            )


def _read(path: Path) -> list[dict]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


if __name__ == "__main__":
    main()
