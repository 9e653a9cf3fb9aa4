"""What Math-Verify and sympy say of a gold and an answer as they were written.

A leaf: nothing of the grader is imported, so that its own readings cannot pass for theirs. The
calls run in a worker process, under the limits of `math_verify_calls`.
"""

from typing import Any

MATH_VERIFY, SYMPY = "math-verify", "sympy"
_LONGEST_SHOWN = 200


def opinion(engine: str, gold: str, prediction: str) -> dict[str, Any]:
    """Return the fields of `engine.Opinion`.

    Parameters
    ----------
    engine : str
        ``math-verify``: `prediction` is a completion, in which it looks for the answer as reward
        functions have it do. ``sympy``: both are expressions.
    gold, prediction : str
    """
    if engine == MATH_VERIFY:
        return _by_math_verify(gold, prediction)
    return _by_sympy(gold, prediction)


def none(why: str, *, timed_out: bool = False) -> dict[str, Any]:
    """Return the fields of an opinion without a verdict."""
    return {"verdict": None, "why": why, "read": "", "timed_out": timed_out}


def _verdict(right: bool, read: Any) -> dict[str, Any]:
    return {
        "verdict": right,
        "why": "",
        "read": str(read)[:_LONGEST_SHOWN],
        "timed_out": False,
    }


def _by_math_verify(gold: str, completion: str) -> dict[str, Any]:
    from math_verify import ExprExtractionConfig, LatexExtractionConfig, parse, verify

    def read(text: str) -> Any:
        return parse(
            text,
            extraction_config=[
                LatexExtractionConfig(boxed_match_priority=0),
                ExprExtractionConfig(),
            ],
            parsing_timeout=None,
        )

    marked = "$" in gold or "\\boxed" in gold or "\\(" in gold
    wanted = read(gold if marked else f"${gold}$") or read(gold)
    if not wanted:
        return none("the gold cannot be read")
    found = read(completion)
    if not found:
        return none("no answer is found or can be read")
    return _verdict(bool(verify(wanted, found, timeout_seconds=None)), found[-1])


def _by_sympy(gold: str, answer: str) -> dict[str, Any]:
    import sympy
    from latex2sympy2_extended import latex2sympy

    sides = []
    for name, text in (("gold", gold), ("answer", answer)):
        try:
            side = latex2sympy(text)
        except Exception:
            return none(f"the {name} cannot be read")
        if not isinstance(side, sympy.Expr):
            return none(f"the {name} is no expression")
        # Decimals are exact: 0.1 is a tenth.
        sides.append(sympy.nsimplify(side, rational=True))
    right = sides[0].equals(sides[1])
    return none("it cannot tell") if right is None else _verdict(bool(right), sides[1])
