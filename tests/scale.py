"""How much the tests of the promises do: a part in every build, all of it with PROMISES=full (`make promises`)."""

import os

IS_FULL = os.environ.get("PROMISES") == "full"


def scaled(full: int, part: int) -> int:
    """`full` is the promise's target; `part` is what a build can wait for."""
    return full if IS_FULL else part
