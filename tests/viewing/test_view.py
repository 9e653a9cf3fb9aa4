"""`se view`: real requests and a real browser; nothing but the runs of the folder, live."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import quote

import pytest

import sample_engineering as se
from sample_engineering.errors import ConfigError, RunError
from sample_engineering.viewing import shelf as shelves
from tests.browser import DESK, PHONE
from tests.report.runs import HOSTILE_NAME

_ROOT = Path(__file__).resolve().parents[2]
_RUN = _ROOT / "tests" / "runs" / "data" / "format_1"
_POOL = _ROOT / "examples" / "pool.jsonl"
_HOSTILE = HOSTILE_NAME.replace("/", "") + " %2e%2e#?&'\""
_SECRET = "nobody outside may read this"


@pytest.fixture
def folder(tmp_path):
    """A folder with runs of strange names, a page, and things that are none of it."""
    root = tmp_path / "runs"
    for name in ("plain", f"deep/{_HOSTILE}"):
        shutil.copytree(_RUN, root / name)
    se.audit(_POOL, report=root / "audit.html")
    (root / "foreign.html").write_text(f"<script>alert(1)</script>{_SECRET}")
    (root / "notes.txt").write_text(_SECRET)
    (tmp_path / "secret.txt").write_text(_SECRET)
    outside = tmp_path / "elsewhere" / "run"
    shutil.copytree(_RUN, outside)
    (root / "linked-run").symlink_to(outside)
    (root / "linked.html").symlink_to(root / "audit.html")
    shutil.copytree(_RUN, root / "leads-out")
    (root / "leads-out" / "result.json").unlink()
    (root / "leads-out" / "result.json").symlink_to(tmp_path / "secret.txt")
    return root


@pytest.fixture
def viewer(folder, monkeypatch):
    monkeypatch.setattr(shelves, "_SECONDS", 0.05)
    with se.view(folder) as viewer:
        yield viewer


def _ask(viewer, path, method="GET", headers=None, skip_host=False):
    """Send a request as it stands, without the client's own view of what a path may be."""
    connection = http.client.HTTPConnection("127.0.0.1", viewer.port, timeout=60)
    connection.putrequest(method, path, skip_host=skip_host, skip_accept_encoding=True)
    for name, value in (headers or {}).items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read().decode("utf-8", "replace")
    connection.close()
    return answer, body


def test_the_list_names_runs_and_pages_and_nothing_else(viewer):
    answer, body = _ask(viewer, "/")
    assert answer.status == 200
    assert {entry.name for entry in viewer.shelf.entries().values()} == {
        "plain", f"deep/{_HOSTILE}", "leads-out", "audit.html",
    }  # fmt: skip
    assert "No effect is shown" in body
    assert "not shown: result.json leads out of the folder" in body
    for absent in ("foreign.html", "notes.txt", "linked", "<script>alert", _SECRET, "\x1b"):
        assert absent not in body


def test_the_page_of_a_run_and_a_written_page_are_served(viewer):
    for name in ("run/plain", f"run/deep/{quote(_HOSTILE)}", "page/audit.html"):
        for path in (f"/{name}", f"/inside/{name}"):
            answer, body = _ask(viewer, path)
            assert (answer.status, body[:15]) == (200, "<!DOCTYPE html>"), path
            policy = answer.headers["Content-Security-Policy"]
            assert policy.startswith("default-src 'none'")
            styles, *others = policy.split("style-src 'unsafe-inline'; ")[1:]
            assert others == []
            assert "unsafe" not in styles
            assert "base-uri 'none'" in styles
            assert "frame-ancestors" in policy
    assert "prime-compact-14-176" in _ask(viewer, "/inside/run/plain")[1]
    assert "63 labels" in _ask(viewer, "/inside/page/audit.html")[1]


_ESCAPES = [
    "..", "../secret.txt", "%2e%2e/secret.txt", "..%2fsecret.txt", "%2e%2e%2fsecret.txt",
    "..%5csecret.txt", "%252e%252e%252fsecret.txt", "plain/../../secret.txt", "./plain",
    "plain/config.json", "plain/", "plain%00", "%00", "%ff", "notes.txt", "foreign.html",
    "linked-run", "linked.html", "leads-out", "/etc/passwd", "%2fetc%2fpasswd", "", ".",
]  # fmt: skip


def test_no_path_leads_anywhere_else(viewer, folder):
    forms = [f"{kind}/{path}" for path in _ESCAPES for kind in ("run", "page")]
    forms += [*_ESCAPES, f"run/{folder}/plain", f"page/{folder.parent}/secret.txt", "audit.html"]
    for form in forms:
        for path in (f"/{form}", f"/inside/{form}"):
            if path in ("/", "//"):
                continue
            answer, body = _ask(viewer, path)
            assert answer.status == 404, path
            assert _SECRET not in body


def test_a_link_that_appears_after_the_list_was_made_is_not_followed(viewer, folder):
    assert "audit.html" in viewer.shelf.entries()
    viewer.shelf._next_look = time.monotonic() + 60  # as if the list were still this one
    (folder / "audit.html").unlink()
    (folder / "audit.html").symlink_to(folder.parent / "secret.txt")
    answer, body = _ask(viewer, "/inside/page/audit.html")
    assert answer.status == 500
    assert _SECRET not in body


def test_only_this_machine_by_its_own_name_is_answered(viewer):
    port = viewer.port
    own = f"127.0.0.1:{port}"
    for host in ("evil.example", f"evil.example:{port}", "127.0.0.1", f"127.0.0.1:{port + 1}",
                 f"{own}.evil.example", "", f"{own}, evil.example", f"x@{own}"):  # fmt: skip
        answer, body = _ask(viewer, "/", headers={"Host": host}, skip_host=True)
        assert (answer.status, "plain" in body) == (421, False), host
    assert _ask(viewer, "/", skip_host=True)[0].status == 421
    for host in (f"127.0.0.1:{port}", f"localhost:{port}", f"LOCALHOST:{port}"):
        assert _ask(viewer, "/", headers={"Host": host}, skip_host=True)[0].status == 200


def test_only_reading_is_answered(viewer):
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"):
        answer, _ = _ask(viewer, "/", method)
        assert answer.status == 405
        assert answer.headers["Allow"] == "GET, HEAD"
    answer, body = _ask(viewer, "/", "HEAD")
    assert (answer.status, body) == (200, "")
    assert int(answer.headers["Content-Length"]) > 500


def test_it_listens_on_this_machine_alone(viewer):
    assert viewer._server.server_address[0] == "127.0.0.1"


def test_a_port_that_is_taken_or_none_and_a_folder_that_is_none_are_one_line(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(ConfigError, match="cannot listen on `port`"):
            se.view(tmp_path, port=other.getsockname()[1])
    for port in (0, -1, 70_000):
        with pytest.raises(ConfigError, match="`port` is"):
            se.view(tmp_path, port=port)
    with pytest.raises(RunError, match="no folder"):
        se.view(tmp_path / "nowhere")


def _look(viewer):
    """The list as it is now."""
    viewer.shelf._next_look = 0.0
    return viewer.shelf.entries()


def _begin(folder, name, steps=()):
    """Let a run begin, as a validation does, with so many steps done."""
    run = folder / name
    shutil.copytree(_RUN, run)
    (run / "result.json").unlink()
    _say(run, "running")
    place = run / "training" / "sample.0"
    place.mkdir(parents=True)
    lines = [{"step": step, "pass_rate": step / 10} for step in steps]
    (place / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return run


def _say(run, state, message=""):
    draft = run / ".status"
    draft.write_text(json.dumps({"state": state, "message": message, "time": "now"}))
    draft.replace(run / "status.json")


def test_the_state_of_a_run_is_told_while_it_goes_on(viewer, folder):
    run = _begin(folder, "live", steps=(1, 2, 3))
    entry = _look(viewer)["live"]
    assert (entry.state, entry.verdict) == ("running", "sample.0: step 3 of 4, pass rate 30%")
    long_ago = time.time() - 2 * shelves.SILENT_AFTER
    for path in run.rglob("*"):
        os.utime(path, (long_ago, long_ago))
    assert _look(viewer)["live"].state == "silent"
    _say(run, "failed", "the disk is full")
    entry = _look(viewer)["live"]
    assert (entry.state, entry.verdict) == ("failed", "the disk is full")


def test_the_browser_shows_a_live_run_without_reload(viewer, folder, opened):
    seen = opened(viewer.url)
    seen.page.get_by_text("live", exact=True).wait_for()
    seen.page.evaluate("window.stays = true")
    run = _begin(folder, "fresh", steps=(1,))
    seen.page.get_by_text("sample.0: step 1 of 4").wait_for()
    with (run / "training" / "sample.0" / "metrics.jsonl").open("a") as stream:
        stream.write('{"step": 2, "pass_rate": 0.5}\n')
    seen.page.get_by_text("step 2 of 4, pass rate 50%").wait_for()
    _say(run, "finished", "No effect was shown")
    seen.page.get_by_text("No effect was shown").wait_for()
    assert seen.page.evaluate("window.stays") is True
    assert seen.errors == []
    shutil.rmtree(run)
    seen.page.get_by_role("link", name="fresh").wait_for(state="detached")


def test_the_page_of_a_live_run_follows_it_at_the_same_place(viewer, folder, opened):
    run = _begin(folder, "fresh")
    _look(viewer)
    seen = opened(f"{viewer.url}run/fresh")
    inside = seen.page.frame_locator("iframe")
    inside.locator("h1").wait_for()
    frame = seen.page.frames[1]
    frame.evaluate("() => { window.old = true; scrollTo(0, 400); }")
    _say(run, "interrupted", "by its user")
    seen.page.get_by_text("interrupted: by its user").wait_for()
    frame.wait_for_function("() => !window.old && scrollY === 400")
    assert seen.errors == []


@pytest.mark.parametrize(("width", "dark"), [(PHONE, True), (DESK, False)])
def test_list_and_frame_are_accessible_and_inert(viewer, opened, width, dark):
    for path in ("", f"run/deep/{quote(_HOSTILE)}"):
        seen = opened(viewer.url + path, width=width, dark=dark)
        if path:
            seen.page.frame_locator("iframe").locator("h1").wait_for()
        assert seen.violations() == []
        assert seen.sideways <= 0
        assert (seen.errors, seen.dialogs) == ([], [])
        assert all(request.startswith(viewer.url) for request in seen.requests)


def test_without_script_the_list_is_there_too(viewer, opened):
    seen = opened(viewer.url, script=False)
    assert "No effect is shown" in seen.page.inner_text("#runs")


def test_stopping_lets_listeners_go(folder):
    viewer = se.view(folder)
    connection = http.client.HTTPConnection("127.0.0.1", viewer.port, timeout=30)
    connection.request("GET", "/events")
    answer = connection.getresponse()
    assert answer.headers["Content-Type"] == "text/event-stream"
    assert answer.fp.readline() == b"event: list\n"
    told = json.loads(answer.fp.readline().removeprefix(b"data: "))
    assert told["number"] == "3 runs, 0 of them going on; 1 page"
    ending = threading.Thread(target=viewer.stop)
    ending.start()
    answer.fp.read()  # to its end
    ending.join(timeout=30)
    assert not ending.is_alive()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", viewer.port), timeout=5).close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_prints_where_it_is_and_ends_at_once(folder, number):
    done = subprocess.Popen(
        [sys.executable, "-m", "sample_engineering", "view", str(folder)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(_ROOT), "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    said = done.stdout.readline()
    assert f"{folder} is shown at http://127.0.0.1:" in said
    done.send_signal(number)
    _, errors = done.communicate(timeout=30)
    assert done.returncode == 0
    assert errors == "ended\n"


def test_open_writes_the_page_and_prints_where_it_is(tmp_path, monkeypatch):
    from typer.testing import CliRunner

    from sample_engineering.cli import app

    run = tmp_path / "run"
    shutil.copytree(_RUN, run)
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/asked\n')
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", f"{browser} %s")
    done = CliRunner().invoke(app, ["open", str(run), "--no-browser"])
    assert (done.exit_code, done.stdout.strip()) == (0, str(run / "report.html"))
    assert not (tmp_path / "asked").exists()
    assert se.open_page(run) == run / "report.html"
    assert (tmp_path / "asked").read_text().strip() == (run / "report.html").as_uri()
