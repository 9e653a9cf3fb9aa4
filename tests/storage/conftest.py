"""An S3-compatible server on this machine, started and stopped here."""

import secrets

import pytest

KEY = "AKIA0CANARY0CANARY0"
SECRET = "canary/secret+of/the+store"


@pytest.fixture(scope="session")
def s3_server():
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        yield "http://{}:{}".format(*server.get_host_and_port())
    finally:
        server.stop()


@pytest.fixture
def s3(s3_server, monkeypatch):
    """A client of the server, whose address and keys stand in the environment."""
    import boto3
    import s3fs

    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_server)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    s3fs.S3FileSystem.clear_instance_cache()
    return boto3.client("s3")


@pytest.fixture
def bucket(s3):
    name = f"bucket-{secrets.token_hex(4)}"
    s3.create_bucket(Bucket=name)
    return name


@pytest.fixture
def memory():
    """The store of this process's memory, empty."""
    from fsspec.implementations.memory import MemoryFileSystem

    def clear():
        MemoryFileSystem.store.clear()
        MemoryFileSystem.pseudo_dirs[:] = [""]

    clear()
    yield MemoryFileSystem()
    clear()


def keys_in(s3, bucket):
    return sorted(one["Key"] for one in s3.list_objects_v2(Bucket=bucket).get("Contents", ()))
