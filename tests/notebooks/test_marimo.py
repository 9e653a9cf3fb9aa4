"""In marimo: what comes back shows itself as it does in Jupyter. Skipped where marimo is absent."""

import pytest

import sample_engineering as se

marimo = pytest.importorskip("marimo", reason="marimo is absent; pip install marimo")


def test_objects_show_themselves_as_tables_in_cells_that_run():
    app = marimo.App()

    @app.cell
    def _():
        import sample_engineering as se

        ranking = se.rank(se.example_pool()).top(3)
        composed = se.synthesize(["physics"], n=1, seed=1)
        grade = se.grade("12", r"so \boxed{12}")
        return composed, grade, ranking

    @app.cell
    def _(ranking):
        axes = ranking.plot("skill_salience")
        return (axes,)

    _, defined = app.run()
    for name in ("ranking", "composed", "grade"):
        shown = marimo.as_html(defined[name]).text
        assert shown == defined[name]._repr_html_(), name
        assert "<table" in shown or "<div" in shown
    assert "image/" in marimo.as_html(defined["axes"]).text
    assert isinstance(defined["ranking"], se.Ranking)
