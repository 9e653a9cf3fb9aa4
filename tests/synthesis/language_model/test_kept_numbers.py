"""A rewriting must state the same numbers with the same units."""

import pytest

from sample_engineering.synthesis.language_model.kept_numbers import lost_or_added

ORIGINAL = "A car of 1200 kg speeds up from 10 m/s to 25 m/s within 6.0 s. What force acts on it?"


@pytest.mark.parametrize(
    "text",
    [
        "A driver takes 6.0 s to bring a car of 1200 kg from 10 m/s to 25 m/s. What force?",
        "A car with a mass of 1,200 kg, at 10 m/s, reaches 25 m/s in 6.0 seconds. What force acts?",
        "A $1200\\,\\mathrm{kg}$ car goes from $10$ m/s to $25$ m/s in $6.0$ s.",
        "A car of 1.2e3 kg speeds up from 10 m/s to 25 m/s within 6 s.",
    ],
)
def test_the_same_numbers_in_other_words(text):
    assert lost_or_added(ORIGINAL, text) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("A car of 1200 kg speeds up from 10 m/s to 25 m/s. What force acts?", "number lost: 6"),
        (ORIGINAL + " It is day 3 of the trip.", "number added: 3"),
        (ORIGINAL.replace("1200 kg", "1200 g"), "unit changed: at the number 1200"),
        (ORIGINAL.replace("6.0 s", "6.0 min"), "unit changed: at the number 6"),
        (ORIGINAL.replace("10 m/s", "-10 m/s"), "number lost: 10"),
        (ORIGINAL.replace("25", "twenty-five"), "number lost: 25"),
    ],
)
def test_changed_numbers_are_named(text, reason):
    assert lost_or_added(ORIGINAL, text) == reason
