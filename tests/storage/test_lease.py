"""One job writes to a place; what died lets go, what lives does not."""

import json
import os
import subprocess
import sys
import threading
import time

import pytest

from sample_engineering.errors import StorageError
from sample_engineering.storage import lease as leases
from sample_engineering.storage.addresses import Address
from sample_engineering.storage.lease import LASTS, Lease
from sample_engineering.storage.stores import Store

NAME = "b/.run.se-lease"


@pytest.fixture(params=["memory", "s3"])
def place(request):
    """A place of each kind of store, with what reads and writes the lease there."""
    if request.param == "memory":
        files = request.getfixturevalue("memory")
        store = Store(Address.read("memory://b/run"))
    else:
        request.getfixturevalue("s3")
        bucket = request.getfixturevalue("bucket")
        store = Store(Address.read(f"s3://{bucket}/b/run"))
        files = store._files
    key = store.key(".run.se-lease")

    class There:
        def read(self):
            files.invalidate_cache()
            return json.loads(files.cat_file(key)) if files.exists(key) else None

        def write(self, **changed):
            files.pipe_file(key, json.dumps(self.read() | changed).encode())

    return store, There()


def left(store):
    """A lease whose job renews it no more, and did not give it back."""
    lease = Lease(store)
    lease._ended.set()
    lease._thread.join()
    return lease


def test_a_place_that_is_held_is_refused_and_then_free(place):
    store, there = place
    held = Lease(store)
    with pytest.raises(StorageError, match=f"written to by process {os.getpid()} on .* wait"):
        Lease(store)
    held.release()
    assert there.read() is None
    Lease(store).release()


def test_of_many_that_ask_at_once_one_is_let_in(place):
    store, _ = place
    start, held, refused = threading.Barrier(6), [], []

    def ask():
        start.wait()
        try:
            held.append(Lease(store))
        except StorageError as error:
            refused.append(str(error))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(held) == 1
    assert len(refused) == 5
    held[0].release()


def test_a_process_of_this_machine_that_died_holds_nothing(place):
    store, there = place
    left(store)
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    there.write(process=done.pid)
    Lease(store).release()


def test_another_process_of_the_same_number_is_not_taken_for_it(place):
    store, there = place
    left(store)
    there.write(started="1")
    Lease(store).release()


def test_a_job_of_another_machine_is_waited_for(place):
    store, there = place
    left(store)
    there.write(host="elsewhere 1", process=1)
    with pytest.raises(StorageError, match="process 1 on elsewhere since"):
        Lease(store)


def test_a_lease_that_is_over_is_taken_unless_it_is_renewed_meanwhile(place, monkeypatch):
    store, there = place
    monkeypatch.setattr(leases, "RENEWED_EVERY", 0.2)
    monkeypatch.setattr(leases, "_LOOKS", 0.1)
    old = left(store)
    there.write(host="elsewhere 1", renewed=time.time() - LASTS - 1)
    taken = left(store)
    assert not old.check()
    assert old.lost_to.startswith(f"process {os.getpid()} on ")
    old.release()  # is nobody's business any more
    assert there.read()["owner"] == taken._owner
    # Its clock is behind ours, and it lives.
    monkeypatch.setattr(leases, "RENEWED_EVERY", 30.0)
    there.write(host="elsewhere 1", renewed=0.0)
    renewing = threading.Timer(0.15, lambda: there.write(host="elsewhere 1", renewed=1.0))
    renewing.start()
    with pytest.raises(StorageError, match="on elsewhere"):
        Lease(store)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"owner": 1}', b"\xff", b"[" * 10**5])
def test_what_is_no_lease_holds_nobody_off(memory, content):
    memory.pipe_file(f"/{NAME}", content)
    Lease(Store(Address.read("memory://b/run"))).release()
