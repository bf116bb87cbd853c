"""Units of work on the module's database, and the people and courses that most tests need."""

import pytest

from db.engine import Pool
from db.unit_of_work import Database
from domain.unit_of_work import Begin


@pytest.fixture(scope="module")
def database(pool: Pool) -> Database:
    return Database(pool)


@pytest.fixture(scope="module")
def begin(database: Database) -> Begin:
    return database.begin


@pytest.fixture(scope="module")
def read(database: Database) -> Begin:
    return database.read
