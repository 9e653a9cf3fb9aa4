"""Problems are compared, not prompts; gates and copies hold whatever a ranking is sorted by."""

# ruff: noqa: E501 (prompts read best whole)

import random

import pytest

from sample_engineering.errors import ConfigError, PoolError
from sample_engineering.sample import Sample
from sample_engineering.selectors import rank_pool
from sample_engineering.selectors.instructions import Instructions

BOX = "\\boxed{}"
# Wrappers in the manner of prompts that are in use, and some that nobody uses.
KNOWN = {
    "suffix": f"§ Let's think step by step and output the final answer within {BOX}.",
    "no full stop": f"§ Please reason step by step, and put your final answer within {BOX}",
    "system": f"<|im_start|>system\nYou are a helpful assistant. Put the answer in {BOX}.<|im_end|>\n"
    "<|im_start|>user\n§<|im_end|>\n<|im_start|>assistant\n",
    "last line": "Solve the following math problem step by step. The last line of your response "
    "should be of the form Answer: $Answer (without quotes) where $Answer is the answer to the "
    'problem.\n\n§\n\nRemember to put your answer on its own line after "Answer:".',
    "dialogue": "A conversation between User and Assistant. The User asks a question, and the "
    f"Assistant solves it. User: You must put your answer inside {BOX}.\n§\nAssistant: <think>",
    "label": "Question: §\nAnswer:",
    "few shot": "Q: What is half of 90?\nA: 45\n\nQ: What is 3 plus 4?\nA: 7\n\nQ: §\nA:",
    "instruct": "[INST] §\nReply with the result only. [/INST]",
    "hashes": "### Instruction:\n§\n\n### Response:",
}
OWN = {
    "long ends": "Here is a riddle that the keeper of the old lighthouse likes to ask his guests.\n§\n"
    "He expects a number and pours another cup of tea while you ponder.",
    "middle": "The bell rings and everybody sits. Silence, please: no talking from now on. § "
    "Papers are collected at noon by the porter.",
    "no break": "dear colleague kindly look into this for me § and tell me how sure you are of it",
    "german": "Bitte arbeite sauber und schreibe leserlich auf das karierte Papier.\n§\n"
    "Nach der Stunde werden die Hefte eingesammelt.",
    "chinese": "同学们好，下面是今天的练习，请认真完成。\n§\n完成以后请检查一遍。",
}
TOPICS = (
    "A gardener plants {a} rows of tulips with {b} bulbs each and loses a sixth. How many survive?",
    "Let $h(t)=t^3-{a}t+{b}$. Find the sum of the squares of the roots of $h$.",
    "Simplify $\\sqrt{{{a}{b}}}$.",
    "What is the slope of a line through $({a},{b})$ and the origin?",
    "How many seconds are there in {a} hours and {b} minutes?",
    "A die is rolled {a} times. What is the chance that no {b} shows?",
    "Find the remainder when ${a}^{{{b}}}$ is divided by 7.",
    "The sides of a parallelogram are {a} and {b}, its angle is 30 degrees. What is its area?",
    "Factor $x^2+{a}x+{b}$ over the integers, if possible.",
    "Convert the polar point $({a}, \\pi/{b})$ to rectangular coordinates.",
    "Mira reads {a} pages on Monday and {b} on each later day. When has she read 500?",
    "In how many ways can {a} friends share {b} equal sweets?",
)


def problems(seed):
    rng = random.Random(seed)
    return [topic.format(a=rng.randint(11, 98), b=rng.randint(2, 9)) for topic in TOPICS]


def wrapped(wrapper, texts):
    return [wrapper.replace("§", text) for text in texts]


def samples(texts, answer="1"):
    return [Sample(f"c{n}", text, answer) for n, text in enumerate(texts)]


def contaminated(pool, benchmark):
    items = [Sample(f"b{n}", text, "1") for n, text in enumerate(benchmark)]
    ranking = rank_pool(samples(pool), by="novelty", against=items)
    return dict(zip(ranking.columns["id"], ranking.columns["contaminated_by"], strict=True))


@pytest.mark.parametrize("name", KNOWN | OWN)
def test_copies_in_any_prompt_are_found(name):
    texts = problems(1)
    found = contaminated(wrapped((KNOWN | OWN)[name], texts), texts)
    assert found == {f"c{n}": f"b{n}" for n in range(len(texts))}


@pytest.mark.parametrize("name", KNOWN)
def test_a_single_copy_in_a_known_prompt_is_found(name):
    texts = problems(2)
    for n, text in enumerate(texts):
        assert contaminated(wrapped(KNOWN[name], [text]), texts) == {"c0": f"b{n}"}


def test_several_prompts_in_one_small_pool():
    texts = problems(3)[:3]
    pool = [text for wrapper in (KNOWN | OWN).values() for text in wrapped(wrapper, texts)]
    assert None not in contaminated(pool, texts).values()


@pytest.mark.parametrize("name", KNOWN | OWN)
def test_a_shared_prompt_is_no_copy(name):
    wrapper = (KNOWN | OWN)[name]
    pool, benchmark = problems(4)[:6], problems(5)[6:]
    assert set(contaminated(wrapped(wrapper, pool), wrapped(wrapper, benchmark)).values()) == {None}


def test_a_prompt_in_a_part_of_the_pool():
    texts, others = problems(6)[:4], [text for seed in range(7, 27) for text in problems(seed)[4:]]
    pool = [*others, *wrapped(OWN["middle"], texts)]
    found = contaminated(pool, texts)
    assert {n for n, item in found.items() if item} == {f"c{len(others) + n}" for n in range(4)}


def test_a_plane_in_the_same_form_is_another_problem():
    form = (
        " Enter your answer in the form\n\\[Px + Qy + Rz + S = 0,\\]where $P,$ $Q,$ $R,$ $S$ are "
        "integers such that $P > 0$ and $\\gcd(P,Q,R,S) = 1.$"
    )
    one = "A plane meets the axes at 3, 4 and 5. Which plane is it?" + form
    two = "The foot of the perpendicular from the origin to a plane is $(2,1,-2).$" + form
    assert set(contaminated([one], [two]).values()) == {None}


@pytest.mark.parametrize(
    "text",
    [
        "Question",
        "Answer: ",
        "Please reason step by step.",
        "user: " * 3000,
        "answer: " * 2000 + "x",
        "(reminder " * 500,
        "\n" * 5000 + "a",
        "Q:" * 4000,
        "<|im_start|>user " * 2000,
        "boxed " + "{" * 5000,
    ],
)
def test_nothing_is_lost_and_nothing_hangs(text):
    assert Instructions.learn([text] * 5).strip(text).strip()


def test_a_template_is_no_instruction():
    names = ("Ada", "Ben", "Cem", "Dora", "Emil", "Fay", "Gus", "Hana")
    pool = [
        f"{name} buys {n} apples at the market. Half of them are given to a sister. "
        "How many apples are left in the end?"
        for n, name in enumerate(names, 6)
    ]
    assert Instructions.learn(pool).strip(pool[0]) == pool[0]


def test_gates_hold_whatever_the_ranking_is_sorted_by():
    pool = samples(problems(8)[:4])
    for by in ("-novelty", "novelty", "written_operations", "skill-salience", None):
        ranking = rank_pool(pool, by=by, against=samples([pool[1].problem]))
        assert ranking.columns["id"][-1] == "c1"
        assert ranking.columns["reasons"][-1].startswith("contaminated: copy of benchmark item c0")
    assert any("so last: 1" in note for note in ranking.notes)


def test_several_benchmarks_count_each_by_its_name(tmp_path):
    from sample_engineering.pool import write_pool

    texts = problems(9)[:4]
    pool = samples(texts)
    for n, name in enumerate(("first", "second")):
        write_pool([Sample("same-id", texts[n], "1")], tmp_path / f"{name}.jsonl")
    paths = [tmp_path / "first.jsonl", tmp_path / "second.jsonl"]
    ranking = rank_pool(pool, against=paths)
    named = dict(zip(ranking.columns["id"], ranking.columns["contaminated_by"], strict=True))
    assert named == {"c0": "first:same-id", "c1": "second:same-id", "c2": None, "c3": None}
    with pytest.raises(ConfigError, match="mixes"):
        rank_pool(pool, against=[pool[0], paths[0]])


def test_copies_are_folded_into_the_best_of_them():
    lone = Sample("lone", "How many edges has a cube with two corners cut off?", "18")
    twice = "Find the sum of the positive divisors of 28, the number itself included."
    reworded = "Find the sum of all the positive divisors of 28, the number itself included."
    pool = [
        Sample("first", twice, "56", extra={"pass_rate": 0.0, "n": 8}),
        lone,
        Sample("second", KNOWN["suffix"].replace("§", twice), "$56$",
               extra={"pass_rate": 0.5, "n": 8}),
        Sample("third", reworded, "56.0", extra={"pass_rate": 1.0, "n": 8}),
    ]  # fmt: skip
    ranking = rank_pool(pool)
    assert sorted(ranking.columns["id"]) == ["lone", "second"]
    assert list(ranking.columns["rank"]) == [1, 2]
    assert ranking.columns["copies"][0] == ["first", "third"]
    assert any("folded into the best of each problem: 2" in note for note in ranking.notes)
    with pytest.raises(PoolError, match="is a copy of 'second'"):
        ranking.explain("first")
    assert rank_pool(pool, explain="first").explain("first").record["copies"] == ["second", "third"]

    marked = rank_pool(pool, copies="mark")
    assert len(marked) == 4
    by_id = dict(zip(marked.columns["id"], marked.columns["reasons"], strict=True))
    assert by_id["second"].startswith("copy of first")
    assert by_id["third"].startswith("near-copy of")
    kept = rank_pool(pool, copies="keep")
    assert len(kept) == 4
    assert not any(reason.startswith("copy of") for reason in kept.columns["reasons"])


def test_variants_and_other_golds_are_marked_and_never_folded():
    text = "Find the sum of the positive divisors of 28, the number itself included."
    pool = [
        Sample("right", text, "56"),
        Sample("wrong", text + " ", "28"),
        Sample("variant", text.replace("28", "496"), "992"),
    ]
    ranking = rank_pool(pool)
    assert len(ranking) == 3
    reasons = dict(zip(ranking.columns["id"], ranking.columns["reasons"], strict=True))
    assert reasons["right"].startswith("the same problem has the gold 28 in wrong, here 56")
    assert reasons["wrong"].startswith("the same problem has the gold 56 in right, here 28")
    assert reasons["variant"].startswith("number variant of right")
    assert ranking.columns["other_gold_in"].count(None) == 1
    assert "the same problem with another gold: 2 candidates" in ranking.notes


def test_what_a_gate_stops_is_shown_and_not_folded():
    text = problems(10)[0]
    pool = [
        *samples([text, KNOWN["suffix"].replace("§", text)]),
        Sample("own", "What is 17 times 23?", "391"),
    ]
    ranking = rank_pool(pool, against=[Sample("item", text, "1")])
    assert list(ranking.columns["id"]) == ["own", "c0", "c1"]
    assert list(ranking.columns["contaminated_by"]) == [None, "item", "item"]


def test_copies_are_not_looked_for_where_one_column_is_asked():
    pool = samples(["Find 3 plus 4."] * 3)
    assert len(rank_pool(pool, by="written_operations")) == 3
    assert len(rank_pool(pool, by="written_operations", copies="fold")) == 1
    with pytest.raises(ConfigError, match="`copies` is 'drop'"):
        rank_pool(pool, copies="drop")
