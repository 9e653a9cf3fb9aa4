"""Scoring a tagger against labels, with labels and tags made up here."""

import json
import shutil

import pytest

from benchmarks.tagger_labels import (
    FAMILIES,
    Label,
    agreement,
    data_absent,
    labelled,
    read_labels,
)
from benchmarks.tagger_problems import LISTED, read_list
from benchmarks.tagger_score import score
from sample_engineering.skills import SHOWN, known_skills


def label(skills, central=(), allowed=()):
    return Label(*(frozenset(names) for names in (skills, central, allowed)))


LABELS = [
    label(["area", "volume"], central=["area"], allowed=["addition"]),
    label(["friction"], central=["friction"]),
    label([]),  # the taxonomy lacks what it needs
]


def test_right_found_and_central_are_counted_over_all_problems():
    tags = [{"area": 1.0, "addition": 0.9, "limit": 0.8}, {"limit": 1.0}, {}]
    found = score(tags, LABELS)
    assert found["precision"][0] == 0.5  # area and addition, of four tags
    assert found["strict_precision"][0] == 0.25  # area
    assert found["recall"][0] == pytest.approx(1 / 3, abs=1e-3)  # area, of three skills
    assert found["central"][0] == 0.5  # of the two that have one
    assert (found["problems"], found["tags"], found["skills"]) == (3, 4, 3)


def test_a_tag_counts_from_the_weight_that_is_shown():
    one = [LABELS[0]]
    below = score([{"area": SHOWN - 1e-6}], one)
    assert (below["recall"][0], below["precision"], below["tags"]) == (0.0, None, 0)
    assert score([{"area": SHOWN}], one)["recall"][0] == 0.5


def test_an_allowed_skill_is_right_and_never_asked_for():
    with_it = score([{"area": 1.0, "addition": 1.0}], LABELS[:1])
    without = score([{"area": 1.0}], LABELS[:1])
    assert with_it["precision"][0] == without["precision"][0] == 1.0
    assert with_it["recall"] == without["recall"]
    assert with_it["strict_precision"][0] == 0.5


def test_a_problem_of_which_nothing_was_said_lacks_all():
    assert score([None], LABELS[1:2])["recall"] == [0.0, 0.0, 0.0]


def test_the_interval_is_of_problems_and_the_same_for_a_seed():
    labels = [LABELS[1]] * 100
    tags = [{"friction": 1.0}] * 80 + [{}] * 20
    found = score(tags, labels)
    value, low, high = found["recall"]
    assert value == 0.8
    assert low == pytest.approx(0.72, abs=0.02)  # 1.96 standard errors of 0.04
    assert high == pytest.approx(0.88, abs=0.02)
    assert found == score(tags, labels)
    doubled = score(tags * 4, labels * 4)["recall"]
    assert doubled[2] - doubled[1] == pytest.approx((high - low) / 2, abs=0.015)


def test_tags_and_labels_are_as_many_and_some():
    with pytest.raises(ValueError, match="argument 2 is longer"):
        score([{}], LABELS)
    with pytest.raises(ValueError, match="no problems"):
        score([], [])


def test_the_agreement_of_two_readings():
    both = frozenset(["area", "volume"])
    same = Label(both, frozenset(), passes=(both, both))
    apart = Label(both, frozenset(), passes=(frozenset(["area"]), frozenset(["limit"])))
    assert agreement([same, same])["kappa"] == agreement([same])["jaccard"] == 1.0
    found = agreement([same, apart])
    assert (found["jaccard"], found["identical"]) == (0.5, 1)
    assert found["kappa"] == pytest.approx(2 / 3, abs=0.01)  # two of three said by both


def test_each_listed_problem_has_a_label_that_holds_together():
    labels = read_labels()
    assert list(labels) == [row.hash for row in read_list()]
    names = set(known_skills())
    for one in labels.values():
        assert one.skills | one.allowed | one.central <= names
        assert not one.skills & one.allowed
        assert one.central <= one.skills | one.allowed
        assert one.central or one.missing
        assert one.family
        assert set(one.family) <= set(FAMILIES)
        assert len(one.passes) == 2
        # Settling loses nothing that both readings said.
        assert one.passes[0] & one.passes[1] <= one.skills


def test_the_samples_come_with_their_labels_or_a_word_on_what_is_absent(shared_data, tmp_path):
    pairs = list(labelled(shared_data))
    assert len(pairs) == 200
    assert all(sample.solution is None for sample, _ in pairs)
    assert len({sample.id for sample, _ in pairs}) == 200
    assert data_absent(shared_data) is None
    assert "pools/math8k.jsonl" in data_absent(tmp_path)


def test_a_text_that_was_changed_is_refused(shared_data, tmp_path):
    for row in read_list():
        place = tmp_path / row.file
        if not place.exists():
            place.parent.mkdir(exist_ok=True)
            shutil.copy(shared_data / row.file, place)
    first = json.loads(LISTED.read_text().splitlines()[0])
    place = tmp_path / first["file"]
    rows = [json.loads(line) for line in place.read_text().splitlines()]
    for row in rows:
        row["problem"] += " Really?"
    place.chmod(0o644)
    place.write_text("\n".join(map(json.dumps, rows)))
    with pytest.raises(ValueError, match="has another text"):
        list(labelled(tmp_path))
