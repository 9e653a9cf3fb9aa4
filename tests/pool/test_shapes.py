"""Every public shape, in every container and spelling, is read as the same problems."""

import re
import time

import pytest

from sample_engineering.errors import PoolError
from sample_engineering.pool import Pool, read_pool
from sample_engineering.pool.turns import written_out
from tests.pool.containers import FLAT, NESTED
from tests.pool.shapes import (
    BEFORE_A_REPLY,
    CHOICE,
    OPEN,
    OPTIONS,
    TEMPLATES,
    UNPLACED,
    WITH_ID,
    WITHOUT_ID,
    Item,
    worked,
)

SHAPES = {**WITH_ID, **WITHOUT_ID}
# Shapes that stand for the others where a container is what is asked.
STAND_INS = ("plain", "verl", "skywork", "gsm8k", "tulu")
TEXT_ONLY = ("plain", "gsm8k", "math", "verl as python text", "theoremqa", "alpaca")


def check(pool: Pool, items: tuple[Item, ...], *, named: bool) -> None:
    assert not pool.problems.skipped, str(pool.problems)
    found = [(" ".join(one.problem.split()), one.answer.strip("$")) for one in pool]
    assert found == [(item.problem, item.gold) for item in items]
    ids = tuple(item.id for item in items) if named else ("0", "1", "2")
    assert pool.ids == ids


def check_options(pool: Pool, *, placed: bool) -> None:
    assert [one.problem.partition("\n")[0] for one in pool] == [item.problem for item in CHOICE]
    for one, item in zip(pool, CHOICE, strict=True):
        assert one.kind == "choice"
        assert sorted(one.choices) == sorted(item.options)
        assert one.choices["ABCD".index(one.answer)] == item.options[item.place]
        if placed:
            assert (one.choices, one.answer) == (item.options, item.gold)
        for letter, text in zip("ABCD", one.choices, strict=True):
            assert f"\n{letter}. {text}" in one.problem


@pytest.mark.parametrize("shape", SHAPES)
def test_open_questions(shape):
    check(read_pool(SHAPES[shape](OPEN)), OPEN, named=shape in WITH_ID)


@pytest.mark.parametrize("template", TEMPLATES)
def test_prompts_written_out_by_a_chat_template(template):
    for before in BEFORE_A_REPLY:
        asked = [TEMPLATES[template].format(item.problem, before) for item in OPEN]
        records = [{"prompt": text, "answer": i.gold} for text, i in zip(asked, OPEN, strict=True)]
        pool = read_pool(records)
        check(pool, OPEN, named=False)
        assert "'prompt' is a conversation of a chat template" in str(pool.problems)
        named = [
            {"id": i.id, "problem": text, "answer": "7"}
            for text, i in zip(asked, OPEN, strict=True)
        ]
        assert [one.problem for one in read_pool(named)] == [item.problem for item in OPEN]
        with pytest.raises(PoolError, match="no answer"):
            read_pool([{"prompt": text} for text in asked])
        if before.count("<think>") > before.count("</think>"):
            continue  # what follows is thought
        replied = [
            {"text": TEMPLATES[template].format(i.problem, before + worked(i))} for i in OPEN
        ]
        check(read_pool(replied), OPEN, named=False)


def test_what_is_no_conversation_stays_as_it_is():
    for problem in (
        "Solve: A: x + 1 = 2. What is x?",
        "Q: Is 3 prime?\nA: yes\n\nQ: Is 4 prime?\nA:",
        "Question: A survey of two baskets gives\nA: 12 apples\nB: 13 apples\nHow many in all?",
        "Question: Which is prime?\nA: 4\nB: 5",
        "Q: Two towns lie on a road.\nA: 3 km from C.\nB: 4 km from C. How far is A from B?",
        "Human: I count 3.\nAssistant: I count 4.\nHuman: Who is right, if there are 4?",
        "In HTML, how many letters has the tag <s>?",
        "How many characters has the string <|user|> in it, counting every one?",
        "Let <s> be a tag, solve [INST] 2 + 2 [/INST] 4",
        "The user says: 7. What follows?",
        "### Instruction: which word is the third in this line?",
    ):
        assert read_pool([{"question": problem, "answer": "1"}])[0].problem == problem


def test_a_question_before_an_empty_answer_is_the_question():
    [one] = read_pool([{"prompt": "Question: What is 2 + 2?\nAnswer:", "answer": "4"}])
    assert one.problem == "What is 2 + 2?"


@pytest.mark.parametrize(
    "text",
    [
        "<｜user｜>" + "<｜end" * 20_000,
        "Human: a" + "\nAssistant:" * 30_000 + "\nHuman: x",
        "[INST]<<SYS>>[/INST]" * 20_000,
        "<|im_start|>user " * 20_000,
        "<|user|>a" + "<think>" * 30_000,
        "Human: " + "\n \n" * 100_000,
    ],
    ids=range(6),
)
def test_long_texts_of_marks_take_no_time(text):
    begun = time.process_time()
    written_out(text)
    assert time.process_time() - begun < 5  # seconds; what takes the square takes minutes


@pytest.mark.parametrize("shape", OPTIONS)
def test_options(shape):
    check_options(read_pool(OPTIONS[shape](CHOICE)), placed=True)


@pytest.mark.parametrize("shape", UNPLACED)
def test_right_and_wrong_options(shape):
    check_options(read_pool(UNPLACED[shape](CHOICE)), placed=False)


@pytest.mark.parametrize("shape", STAND_INS)
@pytest.mark.parametrize("container", NESTED)
def test_containers(container, shape, tmp_path):
    if "saved" in container or "hf:" in container:
        pytest.importorskip("datasets")
    source = NESTED[container](SHAPES[shape](OPEN), tmp_path)
    check_copies(read_pool(source), container, named=shape in WITH_ID)


def check_copies(pool: Pool, container: str, *, named: bool) -> None:
    if container == "splits":  # the record of the other split is the same one
        assert pool.problems.skipped == 1
        assert "copy of a record of the split 'train'" in str(pool.problems)
        pool.problems.skipped = 0
    check(pool, OPEN, named=named)


@pytest.mark.parametrize("shape", ["arc", "arc, numbers", "objects", "mmlu", "keyed 1-4"])
@pytest.mark.parametrize("container", ["jsonl", "parquet", "data frame", "frame through parquet"])
def test_options_in_containers(container, shape, tmp_path):
    check_options(read_pool(NESTED[container](OPTIONS[shape](CHOICE), tmp_path)), placed=True)


@pytest.mark.parametrize("shape", TEXT_ONLY)
@pytest.mark.parametrize("container", FLAT)
def test_tables(container, shape, tmp_path):
    source = FLAT[container](SHAPES[shape](OPEN), tmp_path)
    check(read_pool(source), OPEN, named=shape in WITH_ID)


@pytest.mark.parametrize(
    "shape", ["c-eval", "kmmlu", "option_a", "medmcqa", "choice1", "python text", "numpy text"]
)
@pytest.mark.parametrize("container", FLAT)
def test_options_in_tables(container, shape, tmp_path):
    check_options(read_pool(FLAT[container](OPTIONS[shape](CHOICE), tmp_path)), placed=True)


def camel(name: str) -> str:
    return re.sub(r"[_ ]+(\w)", lambda match: match[1].upper(), name)


@pytest.mark.parametrize("spelt", [str.upper, str.title, camel, lambda name: f" {name} "])
@pytest.mark.parametrize("shape", ["plain", "math", "verl", "svamp", "scibench", "gpqa", "limr"])
def test_names_in_any_spelling(shape, spelt):
    items = CHOICE if shape in UNPLACED else OPEN
    made = {**SHAPES, **UNPLACED}[shape](items)
    pool = read_pool([{spelt(name): value for name, value in one.items()} for one in made])
    if shape in UNPLACED:
        check_options(pool, placed=False)
    else:
        check(pool, OPEN, named=shape in WITH_ID)


@pytest.mark.parametrize("shape", ["plain", "math", "alpaca", "theoremqa"])
def test_columns_of_any_name_with_a_mapping(shape):
    made = SHAPES[shape](OPEN)
    renamed = [
        {"a": {"b.c": one.get("problem") or one.get("Question") or one["instruction"]}, "z": i.gold}
        for one, i in zip(made, OPEN, strict=True)
    ]
    pool = read_pool(renamed, mapping={"problem": "a.b.c", "answer": "z"})
    check(pool, OPEN, named=False)


@pytest.mark.parametrize("shape", {**SHAPES, **OPTIONS, **UNPLACED})
def test_what_was_read_is_written_and_read_again(shape, tmp_path):
    from sample_engineering.pool import write_pool

    items = OPEN if shape in SHAPES else CHOICE
    pool = read_pool({**SHAPES, **OPTIONS, **UNPLACED}[shape](items))
    for ending in ("jsonl", "parquet"):
        write_pool(pool, tmp_path / f"pool.{ending}")
        again = read_pool(tmp_path / f"pool.{ending}")
        for one, other in zip(pool, again, strict=True):
            assert (one.id, one.problem, one.answer) == (other.id, other.problem, other.answer)
            assert (one.choices, one.kind) == (other.choices, other.kind)


UNSEEN = ["\u200b{}", "\u200f{}\u200e", "\ufeff{}", "\u00a0{}\u3000", "\u202a{}\u202c"]


@pytest.mark.parametrize("around", UNSEEN)
def test_marks_that_do_not_show_are_no_part_of_golds_and_ids(around):
    rows = [
        {"id": around.format(item.id), "problem": item.problem, "answer": around.format(item.gold)}
        for item in OPEN
    ]
    check(read_pool(rows), OPEN, named=True)
    with pytest.raises(PoolError, match="no usable candidate"):
        read_pool([{"problem": around.format(""), "answer": "5"}])
    with pytest.raises(PoolError, match="no usable candidate"):
        read_pool([{"problem": "What?", "answer": around.format("")}])


@pytest.mark.parametrize("language", ["en", "zh", "de"])
def test_columns_by_language(language):
    rows = [
        {"id": i.id, f"question_{language}": i.problem, f"answer_{language}": i.gold, "a_xx": "?"}
        for i in OPEN
    ]
    check(read_pool(rows), OPEN, named=True)


def test_numbers_without_end_are_no_golds_and_no_ids():
    with pytest.raises(PoolError, match="more than 4,000 digits"):
        read_pool([{"problem": "What?", "answer": 10**5000}])
    assert read_pool([{"id": 10**5000, "problem": "What?", "answer": 5}]).ids == ("0",)
    with pytest.raises(PoolError, match="empty box"):
        read_pool([{"problem": "What?", "solution": "So it is \\boxed{}"}])
