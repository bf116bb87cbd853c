"""A data directory of its own for every test: these tests kill what others would share."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.db.embedded.processes import dispose


@pytest.fixture
def data_dir() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="ustoz-test-")).resolve()
    yield path
    dispose(path)
