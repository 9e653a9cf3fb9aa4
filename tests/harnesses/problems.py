"""Problems of every kind of gold, and a model that answers them by a rule."""

import hashlib
import json
from pathlib import Path
from typing import Any

from sample_engineering.sample import Sample

PROBLEMS = [
    Sample("speed", "How fast is 18 km in an hour?", "5", kind="quantity", unit="m/s",
           domains=("physics",)),
    Sample("sum", "What is 2 + 3?", "5", tolerance=0.01, domains=("math",)),
    Sample("word", "Which is it?\n\nA. this\nB. that", "B", kind="choice",
           choices=("this", "that"), domains=("logic",)),
    Sample("half", "What is one half?", "\\frac{1}{2}", domains=("math",)),
    Sample("root", "Simplify $\\sqrt{8}$.", "2\\sqrt{2}", domains=("math",)),
    Sample("both", "Solve $x^2 = 4$.", "\\{-2, 2\\}", kind="set", domains=("math",)),
    Sample("water", "Which molecule is water?", "H_2O", kind="formula", domains=("chemistry",)),
    Sample("count", "How many eggs are in a dozen?", "12", domains=("math",)),
]  # fmt: skip
_SAID = {
    "speed": ["\\boxed{18 km/h}", "\\boxed{5 km/h}"],
    "sum": ["so \\boxed{5.01}", "about \\boxed{5.2}"],
    "word": ["\\boxed{B}", "\\boxed{A}"],
    "half": ["\\boxed{0.5}", "\\boxed{2}"],
    "root": ["\\boxed{\\sqrt{8}}", "\\boxed{4}"],
    "both": ["\\boxed{x = \\pm 2}", "\\boxed{2}"],
    "water": ["\\boxed{H2O}", "\\boxed{HO2}"],
    "count": ["\\boxed{12 eggs}", "twelve, no box"],
}


def write(folder: Path, problems: list[Sample] = PROBLEMS) -> Path:
    """Write a benchmark file."""
    path = folder / "problems.jsonl"
    path.write_text("".join(json.dumps(one.to_dict()) + "\n" for one in problems), "utf-8")
    return path


def said(prompt: str) -> str:
    """What the model writes: right or wrong by a digest of the prompt."""
    item = next(one for one in PROBLEMS if one.problem in prompt)
    wrong = hashlib.sha256(prompt.encode()).digest()[0] % 3 == 0
    return "We think. " + _SAID[item.id][wrong]


def script(body: dict[str, Any]) -> str:
    """Answer a request for a chat."""
    content = body["messages"][-1]["content"]
    text = content if isinstance(content, str) else "".join(part["text"] for part in content)
    return said(text)
