"""A program that uses the embedded servers, for tests that need several processes.

It says where the servers are (one line of JSON), keeps using them until its standard input ends, then leaves.
"""

import argparse
import asyncio
import concurrent.futures.thread
import json
import os
import sys
from pathlib import Path

import structlog

import db.embedded.postgres
import db.embedded.valkey
from db.embedded import EmbeddedError, hold_program_lock, start_embedded


async def use(data_dir: Path) -> None:
    embedded = await start_embedded(data_dir, postgres=True, valkey=True)
    print(json.dumps({"pid": os.getpid(), "database": embedded.database_url, "redis": embedded.redis_url}), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await embedded.stop()


def main() -> None:
    # These two load parts lazily, which an account that cannot read this interpreter's files could not do any more.
    assert concurrent.futures.thread
    assert db.embedded.postgres
    assert db.embedded.valkey
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    parser = argparse.ArgumentParser()
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--uid", type=int)
    parser.add_argument("--only-lock", action="store_true")
    options = parser.parse_args()
    if options.uid is not None:
        os.setgroups([])
        os.setgid(options.uid)
        os.setuid(options.uid)
    try:
        if options.only_lock:
            hold_program_lock(options.data_dir)
            print(json.dumps({"pid": os.getpid()}), flush=True)
            sys.stdin.read()
        else:
            asyncio.run(use(options.data_dir))
    except EmbeddedError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
