"""Text for people."""

import pytest

from sample_engineering.text import count_of


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 samples"), (1, "1 sample"), (2, "2 samples"), (1024, "1,024 samples")],
)
def test_a_count_has_its_noun(count, said):
    assert count_of(count, "sample") == said
