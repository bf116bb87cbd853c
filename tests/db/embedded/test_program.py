"""A program is refused in one line where another one is at work already."""

import signal
from pathlib import Path

import pytest

from db.embedded import EmbeddedError, ProgramAlreadyRuns, hold_program_lock
from tests.db.embedded.processes import (
    User,
    user,
)


async def test_a_second_default_start_is_refused_in_one_line_until_the_first_one_is_gone(data_dir: Path) -> None:
    with user(data_dir, "--only-lock") as first:
        second = User(data_dir, "--only-lock")
        _, refusal = second.process.communicate(timeout=20)
        with pytest.raises(ProgramAlreadyRuns, match=rf"process {first.said['pid']}"):
            hold_program_lock(data_dir, http_port=9090)
        first.process.send_signal(signal.SIGKILL)
        first.process.wait()
        hold_program_lock(data_dir).release()

    assert second.process.returncode == 1
    assert refusal.count("\n") == 1
    assert "Ustoz already runs" in refusal


def test_a_port_is_served_once_and_workers_may_be_many(data_dir: Path) -> None:
    web = hold_program_lock(data_dir, roles={"web"}, http_port=8080)
    workers = [hold_program_lock(data_dir, roles={"updates", "jobs", "clock"}) for _ in range(2)]
    other_port = hold_program_lock(data_dir, roles={"web"}, http_port=8081)

    with pytest.raises(ProgramAlreadyRuns, match="already serves port 8080"):
        hold_program_lock(data_dir, roles={"web", "jobs"}, http_port=8080)
    with pytest.raises(ProgramAlreadyRuns, match="already serves port 8080"):
        hold_program_lock(data_dir, http_port=8080)

    for lock in (web, other_port, *workers):
        lock.release()
    hold_program_lock(data_dir, http_port=8080).release()


def test_a_data_directory_that_cannot_be_made_is_a_one_line_error(data_dir: Path) -> None:
    (data_dir / "file").write_text("")

    with pytest.raises(EmbeddedError, match=r"^DATA_DIR .*file/data cannot be used: Not a directory"):
        hold_program_lock(data_dir / "file" / "data")
