"""`python -m bot` with a clock that a test moves: the file CLOCK_FILE says by how many seconds, read anew each time.

The program has one clock, `domain.clock.utc_now`. It is replaced before any module takes it. The databases, the queue
and Telegram keep the machine's time, as they do when a server's own clock is wrong.
"""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import domain.clock

_FILE = Path(os.environ["CLOCK_FILE"])


def moved_now() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=float(_FILE.read_text()))


domain.clock.utc_now = moved_now

if __name__ == "__main__":
    from bot.__main__ import main

    main()
