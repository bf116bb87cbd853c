"""Who somebody is, for every feature."""

from typing import NewType

UserId = NewType("UserId", int)
"""The Telegram id: Telegram signs every update, so no other identity is needed."""
