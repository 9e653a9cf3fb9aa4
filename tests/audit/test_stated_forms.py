"""What a problem writes down in other words: values put in, shares, formulas to be rewritten."""

import pytest

import sample_engineering as se


def severe(problem: str, label: str) -> list[str]:
    findings = se.audit([se.Sample(id="one", problem=problem, answer=label)])
    return [finding.check for finding in findings if finding.severity == "severe"]


@pytest.mark.parametrize(
    ("problem", "right", "wrong", "check"),
    [
        ("Evaluate $3x^2 - 2$ when $x = 2$.", "10", "34", "stated"),
        ("What is $a^2 + b$ if $a = 3$ and $b = 2$?", "11", "8", "stated"),
        ("Find $f(g(2))$ if $f(x) = x+1$ and $g(x) = x^2$.", "5", "9", "stated"),
        (r"What is $15\%$ of $80$?", "12", "15", "stated"),
        (r"What is $\frac{2}{3}$ of $45$?", "30", "15", "stated"),
        ("Simplify $(2x+3)^2 - 4x^2$.", "12x+9", "12x+6", "stated"),
        ("Expand $(x-2)(x+5)$.", "x^2+3x-10", "x^2-3x-10", "stated"),
        ("Factor $x^2 - 9$ completely.", "(x-3)(x+3)", "(x-3)^2", "stated"),
        ("Find all solutions of $x^2 - 5x + 6 = 0$.", "2, 3", "2, 4", "stated"),
        (
            "If $y$ varies inversely as $x$ and $y = 6$ when $x = 4$, find $y$ when $x = 3$.",
            "8",
            "4.5",
            "variation",
        ),
        (
            "What is the minimum number of buses, each holding 40, needed for 101 students?",
            "3",
            "2.525",
            "kind",
        ),
    ],
)
def test_a_wrong_label_is_found_and_a_right_one_is_not_doubted(problem, right, wrong, check):
    assert severe(problem, right) == []
    assert check in severe(problem, wrong)


@pytest.mark.parametrize(
    ("problem", "label"),
    [
        (r"Find the number of real solutions to $\sin 6 \pi x = x.$", "11"),
        ("Find the sum of all solutions of $x^2 - 5x + 6 = 0$.", "5"),
        ("How many apples does each of 4 children get if they share 10?", "2.5"),
        ("If $3x = 12$, what is the value of $x^2 + 1$?", "17"),
        (r"Simplify $\sqrt{x^2}$.", "|x|"),
        (r"Simplify $\frac{x^2 - 4}{x - 2}$.", "x+2"),
        (r"Simplify $\sqrt{12x}$ for positive $x$.", r"2\sqrt{3x}"),
        (r"Evaluate $x^2 + y$ if $x = 3$.", "9+y"),
    ],
)
def test_what_is_not_plainly_asked_is_left_alone(problem, label):
    assert severe(problem, label) == []
