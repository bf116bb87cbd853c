"""Where the embedded servers live, and under which account.

An ordinary user's servers run as that user, in `DATA_DIR/servers`. PostgreSQL refuses to run as root, so root's servers
run as the owner of the data directory, or as `nobody` when that is root too. If that account cannot reach `DATA_DIR`
(it is under `/root`, say), the servers live in `/var/lib/ustoz-<hash of DATA_DIR>` and `DATA_DIR/servers` becomes a
symbolic link to it, so that the decision is made once and can be seen.
"""

import hashlib
import os
import pwd
import re
import stat
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

from db.embedded.errors import EmbeddedError

_log = structlog.get_logger(__name__)

# The kernel takes 107 bytes on Linux and 103 on macOS; the longest name in the directory is ".s.PGSQL.5432".
_LONGEST_SOCKET_DIRECTORY = 80
# What every reader of a connection URL takes literally (SQLAlchemy splits hosts at commas and colons).
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/._-]+")


@dataclass(frozen=True, slots=True)
class Account:
    """The unprivileged user under which root runs the servers."""

    uid: int
    gid: int

    def reaches(self, path: Path) -> bool:
        """Whether every directory down to `path`, and `path` itself, may be entered (or executed)."""
        return all(self._may_pass(step) for step in (path, *path.parents))

    def _may_pass(self, path: Path) -> bool:
        status = path.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid == self.gid:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)


@dataclass(frozen=True, slots=True)
class Place:
    """The servers' own directory and that of their sockets (both mode 0700), and their account.

    No account means the user of this process.
    """

    home: Path
    sockets: Path
    account: Account | None

    def run(self, command: Sequence[str], *, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run a program to its end under the servers' account, away from the terminal's Ctrl-C.

        The environment is a clean one: a PGPORT, PGOPTIONS or LC_ALL of the shell must not reach the servers.
        """
        return subprocess.run(  # noqa: S603
            command,
            check=False,
            text=True,
            errors="replace",
            input=stdin,
            capture_output=True,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
            cwd=self.home,
            start_new_session=True,
            user=self.account.uid if self.account else None,
            group=self.account.gid if self.account else None,
            extra_groups=[] if self.account else None,
        )

    def own_directory(self, path: Path) -> None:
        """Make a directory that only the servers' account may enter. Raises EmbeddedError if it is somebody else's."""
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = path.lstat()
        owner = self.account.uid if self.account else os.geteuid()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid not in (owner, os.geteuid()):
            raise EmbeddedError(f"{path} belongs to another user; remove it or set another DATA_DIR.")
        if self.account and status.st_uid != owner:
            os.chown(path, self.account.uid, self.account.gid)
        if stat.S_IMODE(status.st_mode) != 0o700:
            path.chmod(0o700)

    def leave_no_sockets(self) -> None:
        """Remove the sockets' directory if it is not in the data directory; the next start makes it again."""
        if self.sockets.parent != self.home and self.sockets.is_dir():
            for leftover in self.sockets.iterdir():
                leftover.unlink()
            self.sockets.rmdir()


def settle(data_dir: Path) -> Place:
    """Choose the servers' place for this DATA_DIR and make their home. Raises EmbeddedError when it cannot be used."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        data_dir = data_dir.resolve()
        account = _account(data_dir) if os.geteuid() == 0 else None
        home = _home(data_dir, account)
        place = Place(home, _sockets(home), account)
        place.own_directory(home)
    except OSError as error:
        raise EmbeddedError(f"DATA_DIR {data_dir} cannot be used: {error.strerror} ({error.filename}).") from error
    return place


def _account(data_dir: Path) -> Account:
    for path in (data_dir / "servers", data_dir):
        if path.exists() and (owner := path.stat().st_uid) != 0:
            # PostgreSQL asks for the name of its account, so a number without one is no candidate.
            with suppress(KeyError):
                return Account(owner, pwd.getpwuid(owner).pw_gid)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise EmbeddedError(
            "PostgreSQL refuses to run as root, and no user `nobody` exists: use an ordinary user."
        ) from None
    return Account(nobody.pw_uid, nobody.pw_gid)


def _home(data_dir: Path, account: Account | None) -> Path:
    home = data_dir / "servers"
    if home.is_symlink():
        return home.resolve()
    if account is None:
        return home
    if account.reaches(data_dir.parent):
        if not account.reaches(data_dir):
            data_dir.chmod(stat.S_IMODE(data_dir.stat().st_mode) | stat.S_IXOTH)
        return home
    if home.is_dir():
        raise EmbeddedError(f"{home} is out of the servers' reach: its parents need the permission `x` for others.")
    elsewhere = _elsewhere(data_dir)
    _log.warning(
        "embedded.elsewhere",
        reason="the servers' account cannot reach DATA_DIR",
        data_dir=str(data_dir),
        servers=str(elsewhere),
        with_earlier_data=(elsewhere / "postgres").exists(),
    )
    try:
        home.symlink_to(elsewhere, target_is_directory=True)
    except FileExistsError:
        return home.resolve()
    return elsewhere


def _elsewhere(data_dir: Path) -> Path:
    temporary = Path(tempfile.gettempdir()).resolve()
    # A temporary DATA_DIR stays temporary.
    parent = temporary if data_dir.is_relative_to(temporary) else Path("/var/lib")
    return parent / f"ustoz-{_short_hash(data_dir)}"


def _sockets(home: Path) -> Path:
    sockets = home / "run"
    if len(os.fsencode(sockets)) <= _LONGEST_SOCKET_DIRECTORY and _PLAIN_PATH.fullmatch(str(sockets)):
        return sockets
    # Not TMPDIR or XDG_RUNTIME_DIR: all processes of one DATA_DIR must find the same place, whatever their session.
    parent = Path("/run") if os.geteuid() == 0 and Path("/run").is_dir() else Path("/tmp")  # noqa: S108
    return parent / f"ustoz-{os.geteuid()}-{_short_hash(home)}"


def _short_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:10]
