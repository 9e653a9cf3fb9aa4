"""``gs://`` with the real gcsfs, against an emulator of Google's store on this machine.

`make test-consumers` installs both (SE_CONSUMERS names their folder); without it this is skipped.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = os.environ.get("SE_CONSUMERS", "")
ROOT = Path(__file__).resolve().parents[2]
_SERVER = """
import sys
from gcp_storage_emulator.server import create_server
server = create_server("127.0.0.1", 0, in_memory=True, default_bucket="bucket")
server.start()
while server._api._httpd is None:
    pass
print(server._api._httpd.server_address[1], flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def variables():
    if not Path(FOLDER, "gcsfs").is_dir():
        pytest.skip("gcsfs needs SE_CONSUMERS; make test-consumers installs it")
    env = os.environ | {"PYTHONPATH": os.pathsep.join([FOLDER, str(ROOT)])}
    with subprocess.Popen(
        [sys.executable, "-c", _SERVER], env=env, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as server:  # fmt: skip
        try:
            port = int(server.stdout.readline())
            yield env | {
                "STORAGE_EMULATOR_HOST": f"http://127.0.0.1:{port}",
                "GOOGLE_CLOUD_PROJECT": "none",
                # Hierarchical buckets are asked for by gRPC, which the emulator does not speak.
                "GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT": "false",
            }
        finally:
            server.kill()


def se_command(variables, line, status=0):
    done = subprocess.run(
        [sys.executable, "-m", "sample_engineering", *line.split()],
        capture_output=True, text=True, timeout=400, env=variables, check=False,
    )  # fmt: skip
    assert done.returncode == status, done.stderr[-2000:]
    return done


def test_pools_outputs_and_a_run_folder_lie_in_a_bucket(variables, tmp_path):
    pool = ROOT / "examples" / "pool.jsonl"
    se_command(variables, f"convert {pool} --to ours -o gs://bucket/in/pool.jsonl")
    se_command(variables, "rank gs://bucket/in/*.jsonl --by skill_salience -o gs://bucket/a.jsonl")
    se_command(variables, "convert gs://bucket/a.jsonl --to ours -o " + str(tmp_path / "a.jsonl"))
    assert len((tmp_path / "a.jsonl").read_text().splitlines()) == 63
    run = "--quick --steps 1 --per-domain 1 --readings greedy --out gs://bucket/runs/a"
    se_command(variables, f"validate {run}")
    shown = se_command(variables, "report gs://bucket/runs/a --format json").stdout
    assert json.loads(shown)
    assert "is finished" in se_command(variables, "validate --resume gs://bucket/runs/a", 1).stderr
    told = se_command(variables, "rank gs://bucket/nothing.jsonl", 1).stderr
    assert told == "error: no file or folder gs://bucket/nothing.jsonl; check the address\n"
