"""The whole program, and people to talk to it: the fixture `centre` is in tests/conftest.py."""

from tests.centre import ADMIN_ID, Centre, free_port

__all__ = ["ADMIN_ID", "Centre", "free_port"]
