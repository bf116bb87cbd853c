"""Originals in a folder, or in an S3 bucket."""

import asyncio
import os
import re
import tempfile
from pathlib import Path
from typing import Any

from domain.files import FileMissing, sha256_of

_SHA256 = re.compile(r"[0-9a-f]{64}")


class FolderStorage:
    """Files under one folder. A file appears whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, content: bytes) -> str:
        return await asyncio.to_thread(self._put, content)

    async def get(self, sha256: str) -> bytes:
        try:
            return await asyncio.to_thread(self._path(sha256).read_bytes)
        except OSError as error:
            raise FileMissing(sha256) from error

    def _put(self, content: bytes) -> str:
        sha256 = sha256_of(content)
        path = self._path(sha256)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=path.parent)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        return sha256

    def _path(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise FileMissing(sha256)
        return self._folder / sha256[:2] / sha256


class S3Storage:
    """Objects of one bucket, by boto3 in threads; it is imported when the first file is asked for."""

    def __init__(self, bucket: str, endpoint_url: str | None) -> None:
        self._bucket = bucket
        self._endpoint_url = endpoint_url
        self._client: Any = None

    async def put(self, content: bytes) -> str:
        sha256 = sha256_of(content)
        await asyncio.to_thread(lambda: self._s3().put_object(Bucket=self._bucket, Key=_key(sha256), Body=content))
        return sha256

    async def get(self, sha256: str) -> bytes:
        from botocore.exceptions import BotoCoreError, ClientError

        if not _SHA256.fullmatch(sha256):
            raise FileMissing(sha256)
        try:
            return await asyncio.to_thread(self._get, sha256)
        except (BotoCoreError, ClientError) as error:
            raise FileMissing(sha256) from error

    def _get(self, sha256: str) -> bytes:
        return self._s3().get_object(Bucket=self._bucket, Key=_key(sha256))["Body"].read()

    def _s3(self) -> Any:
        if self._client is None:
            import boto3

            self._client = boto3.client("s3", endpoint_url=self._endpoint_url)
        return self._client


def _key(sha256: str) -> str:
    return f"files/{sha256[:2]}/{sha256}"
