"""Each check fires on its own fault, and is silent on what looks like it."""

import pytest

from sample_engineering.audit import audit_samples
from sample_engineering.sample import Sample
from tests.audit.claims import found, sample

SEVERE, WARNING = "severe", "warning"


# gold


def test_a_label_that_cannot_be_graded_is_severe():
    assert found("What completes the statement?", "/") == [("gold", SEVERE)]
    assert found("What is it?", "5 m", kind="quantity", unit="floops") == [("gold", SEVERE)]


# kind


@pytest.mark.parametrize(
    ("problem", "answer"),
    [
        ("How many students are in the club?", "12.5"),
        ("In how many ways can they sit?", "\\frac{7}{2}"),
        ("What is the largest integer $n$ with $n^2 < 40$?", "6.3"),
        ("How many real solutions has the equation?", "-2"),
        ("What is the probability that both are red?", "\\frac{7}{3}"),
        ("What is the probability that both are red?", "130\\%"),
        ("What is the remainder when $3^{40}$ is divided by 7?", "9"),
        ("What is the units digit of $7^{100}$?", "12"),
        ("Here $m$ and $n$ are relatively prime positive integers. Find $m+n$.", "\\frac{3}{7}"),
    ],
)
def test_another_kind_of_number_than_asked_is_severe(problem, answer):
    assert found(problem, answer) == [("kind", SEVERE)]


@pytest.mark.parametrize(
    ("problem", "answer"),
    [
        ("How many kilograms of flour are left?", "2.5"),
        ("How many pounds does it weigh?", "\\frac{7}{2}"),
        ("What is the average number of pets? How many pets has a child on average?", "1.7"),
        ("What is the minimum value of $f(x) = x^2 - x$?", "-\\frac{1}{4}"),
        ("What is the probability that at least one is red?", "\\frac{3}{4}"),
        ("What is the probability of rain, as a percentage?", "40"),
        ("The probability is $\\frac{m}{n}$ in lowest terms. Find $m + n$.", "13"),
        ("Find the probability distribution and the expectation of $X$.", "\\frac{7}{3}"),
        ("How many students are in the club?", "1{,}250"),
        ("How many students are in the club?", "12 \\text{ students}"),
        ("How many atoms are in the sample?", "6.02\\times10^{23}"),
        ("How many ways are there?", "2^{10} - 1"),
        ("In which year did it happen?", "1789"),
        ("What is the remainder when $3^{40}$ is divided by 7?", "4"),
        ("What is the remainder when $x^3 - 1$ is divided by $x - 2$?", "7"),
        ("Find the expected value of the remainder when $n$ is divided by 3.", "\\frac{2}{3}"),
        ("What is the sum of the digits of the units digit and 20?", "12"),
        ("Here $m$ and $n$ are positive integers. Find $\\frac{m}{n}$.", "\\frac{3}{7}"),
        ("How many one-thirds are in one-sixth?", "\\frac{1}{2}"),
        ("What is the smallest integer $n$? Then find $\\frac{n}{2}$.", "3.5"),
        ("How many functions are there in terms of $n$?", "\\frac{n(n-1)}{2}"),
    ],
)
def test_what_only_looks_like_another_kind_is_fine(problem, answer):
    assert found(problem, answer) == []


def test_parts_of_what_can_be_cut_are_a_warning():
    assert found("How many pizzas are left?", "\\frac{9}{56}") == [("kind", WARNING)]
    problem = "You eat $\\frac{5}{8}$ of 2 pizzas. How many pizzas are left?"
    assert found(problem, "\\frac{3}{4}") == []


# unit


@pytest.mark.parametrize(
    ("problem", "answer", "severity"),
    [
        ("How many meters is the rope?", "12 \\text{ seconds}", SEVERE),
        ("How heavy is it? Give your answer in $\\mathrm{kg}$.", "3 \\text{ m}", SEVERE),
        ("Find the angle $ABC$ in degrees. How many degrees is it?", "\\frac{\\pi}{3}", SEVERE),
        ("What is the length, in meters, of the rope?", "250 \\text{ cm}", WARNING),
    ],
)
def test_another_unit_than_asked(problem, answer, severity):
    assert found(problem, answer) == [("unit", severity)]


@pytest.mark.parametrize(
    ("problem", "answer"),
    [
        ("How many meters is the rope?", "12"),
        ("How many meters is the rope?", "12 \\text{ m}"),
        ("How many degrees are in the angle?", "60^\\circ"),
        ("What is the number of degrees in the angle?", "60^\\circ"),
        ("How many centimeters is the circumference, in terms of $\\pi$?", "6\\pi"),
        ("How far does it go in 20 minutes?", "30 \\text{ km}"),
    ],
)
def test_the_unit_asked_is_fine(problem, answer):
    assert found(problem, answer) == []


# figures


def test_a_label_that_denies_an_answer_as_asked_is_severe():
    problem = "What is the diagonal? Express your answer as a decimal to the nearest tenth."
    assert found(problem, "\\sqrt{2}") == [("figures", SEVERE)]
    assert found(problem, "1.41") == [("figures", SEVERE)]


def test_a_label_within_its_tolerance_is_a_warning():
    problem = "What is the diagonal? Express your answer as a decimal to the nearest tenth."
    assert found(problem, "1.41", tolerance=0.02) == [("figures", WARNING)]


@pytest.mark.parametrize(
    ("instruction", "answer"),
    [
        ("Express your answer as a decimal to the nearest tenth.", "1.4"),
        ("Round your answer to the nearest hundred.", "1300"),
        ("Express your answer to the nearest hundredth.", "3.5"),
        ("Give your answer to three significant figures.", "1.05\\times10^{20}"),
        ("Give your answer to three significant figures.", "1050"),
        ("Give it as $n \\times 10^x$, $n$ to 2 decimal places.", "3.89\\times10^{-10}"),
        ("", "\\sqrt{2}"),
    ],
)
def test_a_label_with_the_figures_asked_is_fine(instruction, answer):
    assert found(f"What is the length? {instruction}", answer) == []


# stated


@pytest.mark.parametrize(
    ("problem", "answer"),
    [
        ("Compute $\\sqrt[3]{2048}$.", "12.8"),
        ("What is $7 \\cdot 8$?", "54"),
        ("Evaluate $\\frac{3}{4} + \\frac{1}{4}$.", "2"),
        ("Solve for $x$: $3x + 5 = 20$.", "6"),
        ("Solve for $x$: $x^2 = 9$.", "\\{3, -4\\}"),
        ("Find the ordered pair $(x,y)$: \\[x + y = 5, \\quad x - y = 1.\\]", "(2,3)"),
        ("If $f(x) = 2x + 1$ and $g(x) = x^2$, what is $f(g(3))$?", "18"),
        ("Given $995 + 997 + 999 + 1001 + 1003 = 5100 - N$, determine $N$.", "100"),
    ],
)
def test_another_value_than_the_problem_states_is_severe(problem, answer):
    assert found(problem, answer) == [("stated", SEVERE)]


@pytest.mark.parametrize(
    ("problem", "answer"),
    [
        ("Compute $\\sqrt[3]{2048}$.", "12.7"),
        ("Compute $\\sqrt[3]{2048}$.", "8\\sqrt[3]{4}"),
        ("Evaluate $\\log_28\\sqrt{2}$.", "\\frac{7}{2}"),
        ("Evaluate $\\frac{1}{2} + \\frac{1}{4}$. Express your answer as a decimal.", "0.75"),
        ("Solve for $x$: $3x + 5 = 20$.", "5"),
        ("Find the largest value of $x$ such that $x^2 - 5x + 6 = 0$.", "3"),
        ("Solve $x^2 = 2$ for positive $x$.", "1.41"),
        ("If $3x + 5 = 20$, what is $x + 1$?", "6"),
        ("Find the ordered pair $(x,y)$: \\[x + y = 5, \\quad x - y = 1.\\]", "(3,2)"),
        ("If $f(x) = 2x + 1$ and $g(x) = x^2$, what is $f(g(3))$?", "19"),
        ("Let $f(x) = ax + 1$. What is $f(3)$?", "19"),
        (
            "Simplify $\\frac{\\cos 40^\\circ}{\\cos 25^\\circ \\sqrt{1 - \\sin 40^\\circ}}$.",
            "\\sqrt{2}",
        ),
        ("Compute $\\cos 90^\\circ$.", "0"),
        ("Find the sum of the roots of $x^2 - 5x + 6 = 0$.", "5"),
    ],
)
def test_what_the_problem_states_is_fine(problem, answer):
    assert found(problem, answer) == []


# options


LISTED = (
    "What is the sum? (A) $\\frac12$ (B) $3$ (C) $2\\pi$ (D) $5$",
    "What is it? $\\textbf{(A)}\\ 0.5\\qquad\\textbf{(B)}\\ 3\\qquad\\textbf{(C)}\\ 2\\pi\\qquad"
    "\\textbf{(D)}\\ 5$",
    "What is it? **A)** 0.5 **B)** 3 **C)** $2\\pi$ **D)** 5",
    "What is it?\nA. 0.5\nB. 3\nC. $2\\pi$\nD. 5",
)


@pytest.mark.parametrize("problem", LISTED)
def test_a_label_that_is_none_of_the_options_is_severe(problem):
    assert found(problem, "4") == [("options", SEVERE)]
    assert found(problem, "F") == [("options", SEVERE)]
    for answer in ("\\frac{1}{2}", "3", "6.283185", "D"):
        assert found(problem, answer) == []


def test_a_value_where_the_letter_is_asked_for_is_a_warning():
    problem = LISTED[0] + "\nEnter the letter of the correct option."
    assert found(problem, "3") == [("options", WARNING)]
    assert found(problem, "B") == []


@pytest.mark.parametrize(
    ("problem", "answer"),
    [
        ("Triangle $ABC$ has $A = (0, 1)$, B. and C. Find the area. (A) is near (B).", "4"),
        ("How many numbers are (A) even, (B) positive, and (C) below 100?", "49"),
        ("Which holds? (A) $x > 2$ (B) none of these (C) $x < 1$", "x=5"),
        ("What is it? (A) 1 (B) 2 (C) 3 (D) none of the above", "17"),
    ],
)
def test_what_only_looks_like_options_is_fine(problem, answer):
    assert found(problem, answer) == []


# parts


@pytest.mark.parametrize(
    "problem",
    [
        "Given is a circle. (1) Find its radius. (2) Find its area.",
        "Solve the equations: $(1)$ find $x$ in $x = 2$; $(2)$ find $y$ in $y = 3$.",
        "A box. 1. How many balls does it hold? 2. How many of them are red?",
        "(I) Determine $a$; (II) Determine $b$; (III) if $a = 2$, find $c$.",
    ],
)
def test_one_answer_to_several_questions_is_a_warning(problem):
    assert found(problem, "25") == [("parts", WARNING)]
    assert found(problem, "(5, 25)") == []


@pytest.mark.parametrize(
    "problem",
    [
        "A graph (1) has a maximum at 3 and (2) passes through $(0, 1)$. What is $m$?",
        "Rules: 1) the first player draws. 2) the second follows. In how many ways does it end?",
        "A point $(4, 3)$ lies on it. (1) Its slope is 2. Find the equation at $(1, 2)$.",
        "1. Choose two numbers and find their sum. 2. Find the next one. Repeat. What is left?",
        "Let $f(i,1) = 2$. What is $f(1, 2)$? Find it for $g(0,2)$ too; find $f(2,2)$.",
        "In 1. FC the players are numbered. How many are there?",
    ],
)
def test_conditions_are_no_questions(problem):
    assert found(problem, "35") == []


@pytest.mark.parametrize(
    "problem",
    [
        "If $x = 4$ when $y = 2$, find the value of $x$ when $y = -3$ and when $y = 6$.",
        "Find the maximum and minimum values of $f(x) = \\sin x + 2$ on the real line.",
    ],
)
def test_one_value_where_two_are_asked_for_is_a_warning(problem):
    assert found(problem, "17") == [("parts", WARNING)]


@pytest.mark.parametrize(
    "problem",
    [
        "Find the difference of the maximum and minimum values of $f(x) = \\sin x + 2$.",
        "What is the smallest number which leaves 1 when divided by 7 and when divided by 9?",
    ],
)
def test_one_value_made_of_two_is_fine(problem):
    assert found(problem, "17") == []


# picture


@pytest.mark.parametrize(
    "problem",
    [
        "In the diagram, $D$ is on side $BC$. What is the measure of the angle?",
        "A rectangle is cut into 60 squares, as shown. How long is its diagonal?",
        "The figure below has area 35. Find its perimeter.",
        "The diagram shows three rectangles. What is $p + q$?",
    ],
)
def test_a_figure_that_is_not_there_is_a_warning(problem):
    assert found(problem, "35") == [("picture", WARNING)]
    assert found(problem + " [asy]draw((0,0)--(1,1));[/asy]", "35") == []


@pytest.mark.parametrize(
    "problem",
    [
        "A 5-inch by 7-inch picture has a border along each side of the picture. Find its area.",
        "A line through the origin cuts this figure into two. Find its slope.",
        "Find the area of the figure formed by the lines $x = 0$ and $y = 35$.",
        "The molecule is shown below: \\chemfig{C*6((-H)-C(-H)=)} Find its mass number.",
        "The sequence is defined as shown: \\[a_1 = 1.\\] Find $a_{35}$.",
        "How many lattice points lie on the graph of $x^2 - y^2 = 47$?",
        "The prices are shown below.\n| ball | bat |\n|---|---|\n| 2 | 3 |\nFind the total.",
    ],
)
def test_a_figure_of_speech_is_fine(problem):
    assert found(problem, "35") == []


# solution


def test_a_label_that_rests_on_a_wrong_step_is_severe():
    solution = "From $2V^3 = 4096$ follows $V = \\sqrt[3]{2048} \\approx 12.8$."
    problem = "Find the wind velocity in miles per hour."
    assert found(problem, "12.8", solution=solution) == [("solution", SEVERE)]
    assert found(problem, "12.7", solution=solution.replace("12.8", "12.7")) == []


@pytest.mark.parametrize(
    "solution",
    ["The cube root of 2048 is 12.699 = 12.8.", "It is $12.6992\\ldots \\approx 12.8$."],
)
def test_a_label_that_is_no_rounding_of_the_last_value_is_severe(solution):
    assert found("Find the velocity.", "12.8", solution=solution) == [("solution", SEVERE)]


def test_a_solution_that_ends_elsewhere_is_severe():
    solution = "So it is $\\boxed{41}$."
    assert found("Find the total.", "42", solution=solution) == [("solution", SEVERE)]
    assert found("Find the total.", "41", solution=solution) == []


def test_a_step_that_fails_by_much_may_be_mistyped():
    solution = "So $\\frac{\\ln 0.06}{0.0554} = 50.7$ years."
    assert found("Find the age.", "50.7", solution=solution) == [("solution", WARNING)]


def test_another_wrong_step_is_a_warning():
    solution = "There are $6 \\times 7 = 43$ cards, so $43 - 1 = 42$ are left."
    assert found("Find the number.", "42", solution=solution) == [("solution", WARNING)]


@pytest.mark.parametrize(
    "solution",
    [
        "Here $e = 0.36$, $m = 3.5 \\times 2.13 = 7.46$ and $\\pi \\cdot 2.5^2 \\approx 19.6$.",
        "Then $x = 2, 3$ and $f(2) = 7$, thus $2 + 3 = 5$ and $50\\% = 0.5$.",
        "Carried exactly, $789 \\times 173.51 \\approx 1.369\\times10^{5}$.",
        "It is $-2.5 \\log(630) = -7$ and $\\log(10^5) = 5$ and $\\ln(e^2) = 2$.",
        "Then $1/8 \\times 100 = 12.5\\%$ and $1/8 = 12.5\\%$.",
        "So $6.626 \\times 10^{-34} / 500 \\times 10^{-9} = 1.325 \\times 10^{-27}$.",
        "Here $\\lfloor 8^{2/3} \\rfloor = 4$.",
        "And $e^{-0.184 \\times 600} = 1.13 \\times 10^{-48}$.",
        "Then $\\sqrt{\\frac{4 \\times 71501}{\\pi}} = 301.73$.",
        "It takes $3 \\times 1.5 \\text{ km} = 4500 \\text{ m}$ in all.",
        "So $2.5 \\text{ km} = 2500 \\text{ m}$ and $4 \\times 2 \\text{ m} = 8 \\text{ m}$.",
        "From $k = 2 \\mathrm{~s}^{-1} \\times 3 = 6 \\mathrm{~s}^{-1}$ it follows.",
        "So 100 + 20 + 1 = 120 + 1 = 121, and 2x + 3*2 = 10, and y - 2*3 = 8.",
        "There are (2 + 3) * 4 = 20. And x2 + 3 = 9, f(2) + 1 = 7 m.",
        "We have 3 < 4 = 2 + 2 and $1/3 = 0.333...$",
    ],
)
def test_arithmetic_that_holds_is_fine(solution):
    assert found("Find the number.", "42", solution=solution) == []


# guessable, positions, conflict


def _notes(problem, answer):
    audit = audit_samples([sample(problem, answer)], checks=["guessable"])
    return [item.message for item in audit]


def test_a_label_that_is_easily_guessed_is_noted():
    assert "a whole number up to 10" in _notes("Find $x$.", "7")[0]
    assert "the problem gives that number" in _notes("Of 48 birds some fly.", "48")[0]
    assert _notes("Of 48 birds some fly.", "37") == []


def _choices(letters):
    options = ("1", "2", "3", "4")
    return [
        Sample(str(place), f"Question {place}?", letter, kind="choice", choices=options)
        for place, letter in enumerate(letters)
    ]


def test_a_frequent_label_is_noted():
    pool = [sample(f"Find the total of {n}.", "73").with_(id=str(n)) for n in range(6)]
    audit = audit_samples(pool, checks=["guessable"])
    assert "label of 100% of this pool" in audit[0].message


def test_options_in_one_place_are_a_warning_about_the_pool():
    audit = audit_samples(_choices("BBBBBABBBCBBBBBDBBBB" * 2), checks=["positions"])
    assert [(item.sample, item.severity) for item in audit] == [("", WARNING)]
    assert "are B" in audit[0].message
    assert len(audit_samples(_choices("ABCD" * 10), checks=["positions"])) == 0


def _pair(first, second, problem, other=None):
    return [Sample("1", problem, first), Sample("2", other or problem, second)]


def test_two_labels_for_one_problem_are_severe_for_both():
    problem = "A train runs 90 km in 40 minutes. How far does it run in 2 hours?"
    audit = audit_samples(_pair("270", "280", problem), checks=["conflict"])
    assert [(item.sample, item.severity) for item in audit] == [("1", SEVERE), ("2", SEVERE)]
    assert len(audit_samples(_pair("0.5", "\\frac12", problem), checks=["conflict"])) == 0


def test_the_same_problem_in_nearly_the_same_words_is_a_warning():
    problem = (
        "A train runs steadily along a straight line and covers 90 km in 40 minutes without a "
        "stop. Find the distance that it covers in 2 hours."
    )
    other = problem.replace("Find the", "Compute the")
    audit = audit_samples(_pair("270", "280", problem, other), checks=["conflict"])
    assert [(item.sample, item.severity) for item in audit] == [("1", WARNING), ("2", WARNING)]


def test_the_same_question_with_other_options_or_in_another_order_is_fine():
    def asked(id_, answer, *choices):
        return Sample(id_, "Which is true?", answer, kind="choice", choices=choices)

    pool = [asked("1", "A", "x", "y"), asked("2", "B", "y", "x"), asked("3", "B", "u", "v")]
    assert len(audit_samples(pool, checks=["conflict"])) == 0
    pool.append(asked("4", "A", "y", "x"))
    audit = audit_samples(pool, checks=["conflict"])
    assert {(item.sample, item.severity) for item in audit} == {("1", SEVERE), ("4", SEVERE)}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("distance", "speed"),
        ("90", "95"),
        ("2 hours", "2 days"),
        ("without", "with"),
        ("90 km in 40 minutes without a stop", "40 km in 90 minutes without a stop"),
    ],
)
def test_another_question_in_nearly_the_same_words_is_fine(old, new):
    problem = (
        "A train runs steadily along a straight line and covers 90 km in 40 minutes without a "
        "stop. Find the distance that it covers in 2 hours."
    )
    pool = _pair("270", "280", problem, problem.replace(old, new))
    assert len(audit_samples(pool, checks=["conflict"])) == 0
