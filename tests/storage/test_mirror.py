"""A store only shows what its folder was at some moment, whatever fails and when."""

import json
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from fsspec.implementations.memory import MemoryFileSystem
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sample_engineering.errors import StorageError
from sample_engineering.files import Journal, write_whole
from sample_engineering.storage.addresses import Address
from sample_engineering.storage.mirror import Mirror
from sample_engineering.storage.stores import Store


class Failing(Store):
    """The store of memory, which refuses everything after so many writes."""

    left = 10**9

    def send(self, stream, size, name):
        self._count()
        super().send(stream, size, name)

    def remove(self, name):
        self._count()
        super().remove(name)

    def _count(self):
        if self.left <= 0:
            raise StorageError("cannot write: access denied")
        self.left -= 1


def there():
    return {key: bytes(one.getvalue()) for key, one in MemoryFileSystem.store.items()}


def here(folder):
    return {
        f"/b/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def mirrored(memory, tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    store = Failing(Address.read("memory://b/run"))
    return folder, Mirror(folder, store), store


_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("append"), st.integers(0, 2), st.binary(min_size=1, max_size=9)),
        st.tuples(st.just("write"), st.integers(0, 3), st.binary(max_size=9)),
        st.tuples(st.just("remove"), st.integers(0, 3), st.just(b"")),
        st.tuples(st.just("push"), st.integers(0, 5), st.just(b"")),
    ),
    max_size=25,
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(steps=_STEPS)
def test_after_a_push_the_store_holds_what_the_folder_holds(steps):
    MemoryFileSystem.store.clear()
    with TemporaryDirectory() as above:
        folder = Path(above, "files")
        folder.mkdir()
        store = Failing(Address.read("memory://b/run"))
        mirror = Mirror(folder, store)
        for verb, number, content in steps:
            path = folder / "run" / f"d{number}" / f"é {number}#.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            if verb == "append":
                with path.open("ab") as stream:
                    stream.write(content)
            elif verb == "write":
                with write_whole(path, "wb") as stream:
                    stream.write(content)
            elif verb == "remove":
                path.unlink(missing_ok=True)
            else:  # one that fails in its middle
                store.left = number
                try:
                    mirror.push()
                except StorageError:
                    assert store.left == 0
                store.left = 10**9
        mirror.push()
        assert there() == here(folder)


def test_what_a_journal_speaks_of_is_there_before_it(mirrored):
    """A job writes a file, then a line that says so, while pushes are cut off anywhere."""
    folder, mirror, store = mirrored
    ended = threading.Event()

    def work():
        with Journal(folder / "run" / "journal.jsonl") as journal:
            for number in range(120):
                with write_whole(folder / "run" / f"{number}.txt") as stream:
                    stream.write(str(number))
                journal.append({"done": number})
        ended.set()

    thread = threading.Thread(target=work)
    thread.start()
    looks, cut = 0, 1
    while not ended.is_set():
        store.left = cut = cut % 7 + 1
        try:
            mirror.push()
        except StorageError:
            looks += 1
        found = there()
        lines = found.get("/b/run/journal.jsonl", b"").splitlines()
        for line in lines:
            done = json.loads(line)["done"]
            assert found[f"/b/run/{done}.txt"] == str(done).encode()
    thread.join()
    assert looks
    store.left = 10**9
    mirror.push()
    assert there() == here(folder)


def test_what_is_half_written_is_not_sent(mirrored):
    folder, mirror, _ = mirrored
    with write_whole(folder / "run" / "result.json") as stream:
        stream.write("half")
        stream.flush()
        mirror.push()
        assert there() == {}
        stream.write(" and half")
    mirror.push()
    assert there() == {"/b/run/result.json": b"half and half"}


def test_a_database_is_sent_as_it_was_after_its_last_commit(mirrored, tmp_path):
    folder, mirror, _ = mirrored
    with closing(sqlite3.connect(folder / "out.responses.sqlite")) as database:
        database.execute("pragma journal_mode=wal")
        database.execute("create table answers (text)")
        database.execute("insert into answers values ('paid for')")
        database.commit()
        database.execute("insert into answers values ('under way')")
        mirror.push()
        database.commit()
    (tmp_path / "copy.sqlite").write_bytes(there()["/b/out.responses.sqlite"])
    with closing(sqlite3.connect(tmp_path / "copy.sqlite")) as copy:
        assert copy.execute("select text from answers").fetchall() == [("paid for",)]
    assert list(there()) == ["/b/out.responses.sqlite"]


def test_a_link_is_not_followed(mirrored, tmp_path):
    folder, mirror, _ = mirrored
    (tmp_path / "secret").write_text("secret")
    (folder / "link").symlink_to(tmp_path / "secret")
    mirror.push()
    assert there() == {}
