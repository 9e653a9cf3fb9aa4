"""RAP's estimators with images, on a tiny model that sees."""

import numpy as np
import pytest

from sample_engineering.generation.asking import Protocol
from sample_engineering.selectors.attention_confidence import problem_spans
from sample_engineering.selectors.weights import Weights
from tests.selectors.test_weights import scored
from tests.vision.tiny_vision import sample as seen


def test_with_images_these_are_left_out_and_attended_to(seeing_folder):
    from sample_engineering.generation.transformers_engine import TransformersEngine

    generator = TransformersEngine().open(str(seeing_folder))
    asked = Weights(generator, Protocol(template="chat", max_tokens=10))
    some = [seen(colour) for colour in ("red", "green", "blue")]
    found = scored("causal_discrepancy", asked, some, {"rollouts": 24})
    given, without = (found.columns[name] for name in ("given_pass_rate", "masked_pass_rate"))
    assert min(given) > 0.2  # it names the colour that it sees, in about half of its answers
    assert sum(given) > sum(without)
    assert found.values == pytest.approx(np.subtract(given, without))
    attention = scored("attention_confidence", asked, some)
    assert ((attention.values > 0) & (attention.values < 1)).all()
    ids, more = asked.shown(some[0])
    begin, end = problem_spans(asked, [ids])[0]
    assert "pixel_values" in more
    assert ids[begin:end].count(generator.tokenizer.convert_tokens_to_ids("<image>")) > 1
