"""Originals in a folder, or in an S3 bucket. Nothing of a file's name gets into a path or a key."""

import asyncio
import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from domain.files import FileMissing, StorageDown, sha256_of

_SHA256 = re.compile(r"[0-9a-f]{64}")
_CHUNK = 1024 * 1024
_LEFTOVERS = 86_400
"""Seconds after which a half-written file is one of a process that died."""
T = TypeVar("T")


class FolderStorage:
    """Files under one folder. A file appears whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._incoming = folder / "incoming"
        self._is_tidy = False

    async def put(self, content: bytes) -> str:
        return await self._written(lambda file: _write(content, file))

    async def put_file(self, path: Path) -> str:
        return await self._written(lambda file: _copy(path, file))

    async def has(self, sha256: str) -> bool:
        try:
            return await asyncio.to_thread(self._path(sha256).is_file)
        except FileMissing:
            return False

    async def get(self, sha256: str) -> bytes:
        try:
            return await asyncio.to_thread(self._path(sha256).read_bytes)
        except OSError as error:
            raise FileMissing(sha256) from error

    async def get_file(self, sha256: str, path: Path) -> None:
        try:
            await asyncio.to_thread(shutil.copyfile, self._path(sha256), path)
        except OSError as error:
            raise FileMissing(sha256) from error

    async def delete(self, sha256: str) -> None:
        try:
            await asyncio.to_thread(lambda: self._path(sha256).unlink(missing_ok=True))
        except FileMissing:
            return
        except OSError as error:
            raise StorageDown(type(error).__name__) from error

    async def _written(self, write: Callable[[Any], str]) -> str:
        try:
            return await asyncio.to_thread(self._put, write)
        except OSError as error:
            raise StorageDown(type(error).__name__) from error

    def _put(self, write: Callable[[Any], str]) -> str:
        self._incoming.mkdir(parents=True, exist_ok=True)
        self._clear_leftovers()
        handle, name = tempfile.mkstemp(dir=self._incoming)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                sha256 = write(file)
                file.flush()
                os.fsync(file.fileno())
            path = self._path(sha256)
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        return sha256

    def _clear_leftovers(self) -> None:
        if self._is_tidy:
            return
        self._is_tidy = True
        for path in self._incoming.iterdir():
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < time.time() - _LEFTOVERS:
                    path.unlink()

    def _path(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise FileMissing(sha256)
        return self._folder / sha256[:2] / sha256


class S3Storage:
    """Objects of one bucket, by boto3 in threads; it is imported when the first file is asked for."""

    def __init__(self, bucket: str, endpoint_url: str | None, *, patience: float = 10.0) -> None:
        """`patience`: seconds without a byte after which the server counts as down."""
        self._bucket = bucket
        self._endpoint_url = endpoint_url
        self._patience = patience
        self._client: Any = None

    async def put(self, content: bytes) -> str:
        sha256 = sha256_of(content)
        await self._asked(lambda s3: s3.put_object(Bucket=self._bucket, Key=_key(sha256), Body=content))
        return sha256

    async def put_file(self, path: Path) -> str:
        sha256 = await asyncio.to_thread(_hash, path)
        if not await self.has(sha256):
            await self._asked(lambda s3: s3.upload_file(str(path), self._bucket, _key(sha256)))
        return sha256

    async def has(self, sha256: str) -> bool:
        from botocore.exceptions import ClientError

        def ask(s3: Any) -> bool:
            try:
                s3.head_object(Bucket=self._bucket, Key=_key(sha256))
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") in ("404", "NoSuchKey", "NotFound"):
                    return False
                raise
            return True

        return bool(_SHA256.fullmatch(sha256)) and await self._asked(ask)

    async def get(self, sha256: str) -> bytes:
        return await self._fetched(
            sha256, lambda s3: s3.get_object(Bucket=self._bucket, Key=_key(sha256))["Body"].read()
        )

    async def get_file(self, sha256: str, path: Path) -> None:
        await self._fetched(sha256, lambda s3: s3.download_file(self._bucket, _key(sha256), str(path)))

    async def delete(self, sha256: str) -> None:
        if _SHA256.fullmatch(sha256):
            await self._asked(lambda s3: s3.delete_object(Bucket=self._bucket, Key=_key(sha256)))

    async def _fetched(self, sha256: str, ask: Callable[[Any], T]) -> T:
        if not _SHA256.fullmatch(sha256):
            raise FileMissing(sha256)
        try:
            return await self._asked(ask)
        except StorageDown as error:
            raise FileMissing(sha256) from error

    async def _asked(self, ask: Callable[[Any], T]) -> T:
        """Raises StorageDown for whatever the server or the way to it does wrong."""
        from boto3.exceptions import Boto3Error
        from botocore.exceptions import BotoCoreError, ClientError
        from urllib3.exceptions import HTTPError

        try:
            return await asyncio.to_thread(lambda: ask(self._s3()))
        except (BotoCoreError, ClientError, Boto3Error, HTTPError, OSError) as error:
            raise StorageDown(type(error).__name__) from error

    def _s3(self) -> Any:
        if self._client is None:
            import boto3
            from botocore.config import Config

            patient = Config(
                connect_timeout=min(self._patience, 3.0),
                read_timeout=self._patience,
                retries={"mode": "standard", "max_attempts": 2},
            )
            self._client = boto3.client("s3", endpoint_url=self._endpoint_url, config=patient)
        return self._client


def _key(sha256: str) -> str:
    return f"files/{sha256[:2]}/{sha256}"


def _write(content: bytes, to: Any) -> str:
    to.write(content)
    return sha256_of(content)


def _copy(path: Path, to: Any) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            to.write(chunk)
    return digest.hexdigest()


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
