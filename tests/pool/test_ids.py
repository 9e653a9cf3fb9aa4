"""Every problem keeps its place: ids that collide tell nothing, copies are copies."""

from hypothesis import given
from hypothesis import strategies as st

from sample_engineering.pool import Pool, read_pool
from sample_engineering.pool.ids import as_id
from sample_engineering.sample import Sample


def rows(*pairs, **more):
    return [{"id": id_, "problem": text, "answer": "5", **more} for id_, text in pairs]


@given(
    st.lists(st.tuples(st.sampled_from(["0", "1", "1#2", "a:1"]), st.integers(0, 4)), min_size=1)
)
def test_no_problem_is_lost_and_no_id_stands_twice(pairs):
    pool = read_pool([{"id": i, "problem": f"p {n}", "answer": "5"} for i, n in pairs])
    assert len(set(pool.ids)) == len(pool)
    assert {one.problem for one in pool} == {f"p {n}" for _, n in pairs}
    assert len(pool) + pool.problems.skipped == len(pairs)
    if not pool.problems.remarks:  # where the column is an id, what is left out is a copy
        assert len(pool) == len(set(pairs))


def test_sources_tell_colliding_ids_apart():
    pool = read_pool(rows((0, "a"), (1, "b"), data_source="x") + rows((0, "c"), data_source="y"))
    assert pool.ids == ("0", "1", "y:0")
    assert "1 x an id that stands on another problem as well" in str(pool.problems)


def test_a_copy_is_left_out_and_said_so():
    pool = read_pool(rows(("a", "p"), ("a", "p")))
    assert pool.ids == ("a",)
    assert "copy of line 1: id 'a'" in str(pool.problems)


def test_the_same_problem_with_another_gold_stays_and_is_said():
    made = rows(("a", "p"), ("a", "p"))
    made[1]["answer"] = "6"
    pool = read_pool(made)
    assert [(one.id, one.answer) for one in pool] == [("a", "5"), ("a#2", "6")]
    assert "same problem with another gold" in str(pool.problems)


def test_a_column_of_classes_is_no_id():
    pool = read_pool([{"task_id": "math", "problem": f"p {n}", "answer": "5"} for n in range(6)])
    assert pool.ids == tuple("012345")
    assert "'task_id' names classes of problems, so it is no id" in str(pool.problems)


def test_records_without_an_id_beside_others_get_a_free_one():
    pool = read_pool([*rows(("1", "a"), (None, "b"), (float("nan"), "c"), ("2", "d"))])
    assert pool.ids == ("1", "row-1", "row-2", "2")


def test_ids_of_a_column_of_floats_are_whole_numbers(tmp_path):
    import pandas

    frame = pandas.DataFrame(rows((1, "a"), (None, "b"), (3, "c")))
    assert read_pool(frame).ids == ("1", "row-1", "3")
    frame.to_csv(tmp_path / "a.csv", index=False)
    assert read_pool(tmp_path / "a.csv").ids == ("1", "row-1", "3")


def test_what_names_something():
    assert [as_id(v) for v in (1, 1.0, " a ", "", None, True, 1.5, "nan")] == [
        *("1", "1", "a", None, None, None, None, None)
    ]


def test_pools_add_up():
    first = read_pool(rows(("a", "p"), ("b", "q")))
    second = Pool([Sample("a", "p", "5"), Sample("b", "r", "5")])
    both = first + second
    assert both.ids == ("a", "b", "b#2")
    assert both.problems.skipped == 1
