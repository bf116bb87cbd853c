"""Originals in a folder and in a bucket: whole or not at all, once, by their content; and when S3 is ill."""

import asyncio
import hashlib
import os
import time
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from moto.server import ThreadedMotoServer

from bot.clients.storage import FolderStorage, S3Storage
from domain.files import FileMissing, Storage, StorageDown, sha256_of

BUCKET = "ustoz-files"
CONTENT = b"an original" * 1000
HASH = sha256_of(CONTENT)


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    _host, port = server.get_host_and_port()
    yield f"http://127.0.0.1:{port}"
    server.stop()


def client(url: str) -> Any:
    import boto3

    return boto3.client("s3", endpoint_url=url)


@pytest.fixture
def bucket(moto: str) -> Any:
    """An empty one."""
    s3 = client(moto)
    s3.create_bucket(Bucket=BUCKET)
    for item in s3.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        s3.delete_object(Bucket=BUCKET, Key=item["Key"])
    return s3


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return FolderStorage(tmp_path / "files")
    request.getfixturevalue("bucket")
    return S3Storage(BUCKET, request.getfixturevalue("moto"))


async def test_what_is_put_is_there_by_its_hash(storage: Storage, tmp_path: Path) -> None:
    path = tmp_path / "sent"
    path.write_bytes(CONTENT)

    assert await storage.put_file(path) == HASH
    assert await storage.put_file(path) == HASH
    assert await storage.put(CONTENT) == HASH

    assert await storage.has(HASH)
    assert await storage.get(HASH) == CONTENT
    await storage.get_file(HASH, tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == CONTENT


async def test_what_is_deleted_is_missing_and_may_be_deleted_again(storage: Storage, tmp_path: Path) -> None:
    await storage.put(CONTENT)

    await storage.delete(HASH)
    await storage.delete(HASH)

    assert not await storage.has(HASH)
    with pytest.raises(FileMissing):
        await storage.get(HASH)
    with pytest.raises(FileMissing):
        await storage.get_file(HASH, tmp_path / "back")


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "x" * 64, HASH.upper(), HASH + "/..", "a\0b"])
async def test_a_name_that_is_no_hash_leads_nowhere(storage: Storage, name: str, tmp_path: Path) -> None:
    assert not await storage.has(name)
    with pytest.raises(FileMissing):
        await storage.get(name)
    with pytest.raises(FileMissing):
        await storage.get_file(name, tmp_path / "back")
    await storage.delete(name)


async def test_the_keys_in_the_bucket_are_ours(bucket: Any, moto: str, tmp_path: Path) -> None:
    path = tmp_path / "..%2f..%2f\u202egpj.exe"
    path.write_bytes(CONTENT)

    await S3Storage(BUCKET, moto).put_file(path)

    keys = [item["Key"] for item in bucket.list_objects_v2(Bucket=BUCKET)["Contents"]]
    assert keys == [f"files/{HASH[:2]}/{HASH}"]


async def test_a_large_file_is_not_held_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(64 * 1024 * 1024)
    storage = FolderStorage(tmp_path / "files")
    tracemalloc.start()
    try:
        sha256 = await storage.put_file(path)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 8 * 1024 * 1024
    with path.open("rb") as file:
        assert sha256 == hashlib.file_digest(file, "sha256").hexdigest()


async def test_a_folder_that_cannot_be_written_to_is_down_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "files").write_bytes(b"a file where the folder should be")

    with pytest.raises(StorageDown):
        await FolderStorage(tmp_path / "files").put(CONTENT)


async def test_what_a_killed_process_left_half_written_goes(tmp_path: Path) -> None:
    incoming = tmp_path / "files" / "incoming"
    incoming.mkdir(parents=True)
    (incoming / "old").write_bytes(b"half")
    (incoming / "fresh").write_bytes(b"half")
    os.utime(incoming / "old", (time.time() - 100_000, time.time() - 100_000))

    await FolderStorage(tmp_path / "files").put(CONTENT)

    assert [path.name for path in incoming.iterdir()] == ["fresh"]


async def _internal(_request: web.Request) -> web.StreamResponse:
    return web.Response(status=500)


async def _forbidden(_request: web.Request) -> web.StreamResponse:
    body = "<Error><Code>AccessDenied</Code><Message>no</Message></Error>"
    return web.Response(status=403, text="" if _request.method == "HEAD" else body)


async def _slow(_request: web.Request) -> web.StreamResponse:
    await asyncio.sleep(5)
    return web.Response()


async def _cut(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "100000"})
    await response.prepare(request)
    await response.write(b"only so much")
    if request.transport is not None:
        request.transport.close()
    return response


async def _nonsense(_request: web.Request) -> web.StreamResponse:
    return web.Response(text="<html>a proxy's own page</html>", status=418)


@pytest.fixture(params=[_internal, _forbidden, _slow, _cut, _nonsense, None])
async def ill(request: pytest.FixtureRequest) -> AsyncIterator[S3Storage]:
    """A server that fails in one way, or is not there at all."""
    if request.param is None:
        yield S3Storage(BUCKET, "http://127.0.0.1:9", patience=0.5)
        return
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", request.param)
    async with TestServer(app) as server:
        yield S3Storage(BUCKET, str(server.make_url("")).rstrip("/"), patience=0.5)


Ask = Callable[[S3Storage, Path], Awaitable[object]]
_ASKS: dict[str, tuple[Ask, type[Exception]]] = {
    "get": (lambda storage, _path: storage.get(HASH), FileMissing),
    "get_file": (lambda storage, path: storage.get_file(HASH, path), FileMissing),
}


@pytest.mark.parametrize("ask", _ASKS)
async def test_a_storage_that_is_ill_misses_the_file_soon(ill: S3Storage, ask: str, tmp_path: Path) -> None:
    call, error = _ASKS[ask]
    begun = time.monotonic()

    with pytest.raises(error):
        await call(ill, tmp_path / "back")

    assert time.monotonic() - begun < 12


async def test_a_storage_that_is_ill_says_so_to_who_puts(ill: S3Storage, tmp_path: Path) -> None:
    path = tmp_path / "sent"
    path.write_bytes(CONTENT)

    try:
        sha256 = await ill.put_file(path)
    except StorageDown:
        return
    # A server that answers everything with 200 has, as far as anybody can know, taken it.
    assert sha256 == HASH
