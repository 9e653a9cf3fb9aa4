"""Coverage-guided fuzzing of the grader: nothing raises, nothing takes long.

Run it where atheris is installed (`pip install atheris`):

    python tests/grading/fuzz_grading.py -runs=100000 -max_len=300
"""

import sys
import time

SECONDS = 1.0
GOLDS = ("12", "\\frac34", "2\\sqrt2", "y=2x", "1,-2", "(1,2)", "[0,1)", "5 m/s", "B", "H_2O")


def check(data: bytes) -> None:
    """Grade one input against a gold, and read it as a gold."""
    from sample_engineering.errors import GoldError
    from sample_engineering.grading import grade, read_gold

    text = data[1:].decode("utf-8", "surrogateescape")
    gold = GOLDS[(data[0] if data else 0) % len(GOLDS)]
    started = time.process_time()
    for completion in (f"\\boxed{{{text}}}", text):
        for form in ("boxed", "auto", "math"):
            result = grade(completion, gold, form=form)
            assert result.readable or not result.correct
    try:
        own = read_gold(text)
    except GoldError:
        own = None
    if own is not None and not own.engine and text.count("{") == text.count("}") == 0:
        assert isinstance(grade(f"\\boxed{{{text}}}", own).correct, bool)
    assert time.process_time() - started < SECONDS, f"slow: {text!r}"


def main() -> None:
    """Fuzz until interrupted, or for as long as the arguments say."""
    try:
        import atheris
    except ModuleNotFoundError:
        sys.exit("atheris is not installed; run: pip install atheris")
    with atheris.instrument_imports(include=["sample_engineering.grading"]):
        from sample_engineering import grading  # noqa: F401
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
