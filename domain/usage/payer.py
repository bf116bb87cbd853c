"""Who pays for the calls of a model that are made inside.

A model is called far below the use case that wants it, through ports that speak of messages and not of people; so the
payer travels with the task, as the language does. Tasks that are started inside inherit it.
"""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

from domain.usage.model import Feature, Payer

_NOBODY = Payer(feature=Feature.OTHER)
_payer: ContextVar[Payer] = ContextVar("payer", default=_NOBODY)


@contextmanager
def paid_by(payer: Payer) -> Generator[None]:
    token = _payer.set(payer)
    try:
        yield
    finally:
        _payer.reset(token)


def current_payer() -> Payer:
    """A call that nobody has spoken for is the centre's: it is counted and bounded all the same."""
    return _payer.get()
