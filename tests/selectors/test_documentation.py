"""The selector that the documentation shows in full, and the script that it names, work."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sample_engineering import registry
from sample_engineering.sample import Sample
from sample_engineering.selectors import rank_pool
from sample_engineering.selectors.demand import read_demand

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "selectors.md").read_text("utf-8")


def test_the_selector_shown_in_full_is_one_file_that_ranks():
    (source,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    module = {"__name__": "brevity"}
    exec(compile(source, "brevity.py", "exec"), module)
    registry.register("selector", "brevity", module["Brevity"])
    try:
        pool = [Sample("long", "word " * 60, "1"), Sample("short", "a word", "1")]
        ranking = rank_pool(pool, by="brevity")
        assert ranking.best.id == "short"
        assert ranking.columns["characters"] == [6, 300]
        assert ranking.columns["reasons"][0] == "6 characters"
    finally:
        registry.unregister("selector", "brevity")


def test_the_demand_of_reference_pools_is_written_as_it_is_read(tmp_path):
    references, out = tmp_path / "references.jsonl", tmp_path / "demand.json"
    record = {"problem": "A cart of 4 kg moves at 6 m/s. Find its momentum.", "answer": "24"}
    references.write_text(json.dumps({**record, "subject": "physics"}) + "\n")
    script = ROOT / "scripts" / "estimate_demand.py"
    subprocess.run([sys.executable, script, references, "-o", out], check=True)
    demand = read_demand(out)
    assert demand["physics"].problems == 1
    assert sum(demand["physics"].skills.values()) == pytest.approx(1, abs=1e-3)
    command = json.loads(out.read_text())["command"]
    assert command == "python scripts/estimate_demand.py references.jsonl -o demand.json"
