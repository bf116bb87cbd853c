"""Every file that somebody can send is either taken or refused by name: no crash, no minute-long wait, no gigabyte."""

from pathlib import Path

import pytest

from bot.clients.parsing.inspector import ChildInspector
from bot.clients.parsing.runner import LIMITS, run_limited
from domain.courses.inspection import Claim, FileFault
from domain.files import ParseRefused
from tests.bot.files.made import Made, honest, hostile, mutants
from tests.scale import scaled

_BATCH = 50


async def end_of(made: Made, folder: Path) -> FileFault | str | None:
    path = folder / "1"
    path.write_bytes(made.content)
    try:
        await ChildInspector().inspect(path, Claim(name=made.name, mime=made.mime))
    except ParseRefused as refusal:
        return refusal.reason
    return None


@pytest.mark.parametrize("made", [pytest.param(made, id=made.name) for made in honest()])
async def test_an_honest_file_is_taken(made: Made, tmp_path: Path) -> None:
    assert await end_of(made, tmp_path) is None


@pytest.mark.parametrize("made", [pytest.param(made, id=made.name) for made in hostile()])
async def test_a_hostile_file_is_refused_by_its_name(made: Made, tmp_path: Path) -> None:
    assert await end_of(made, tmp_path) == made.fault


def test_there_are_enough_hostile_files() -> None:
    assert len({made.content for made in hostile()}) >= 45 - 5


async def test_the_pages_and_the_true_type_of_a_pdf_are_found(tmp_path: Path) -> None:
    made = next(made for made in honest() if made.name == "plan.pdf")
    path = tmp_path / "1"
    path.write_bytes(made.content)

    found = await ChildInspector().inspect(path, Claim(name="плани.pdf", mime="application/octet-stream"))

    assert (found.mime, found.pages) == ("application/pdf", 3)


@pytest.mark.timeout(300)
async def test_damaged_files_end_in_a_finding_or_a_fault(tmp_path: Path) -> None:
    files = list(mutants(scaled(1000, 200)))
    ends: list[str] = []
    for start in range(0, len(files), _BATCH):
        batch = files[start : start + _BATCH]
        for number, made in enumerate(batch):
            (tmp_path / str(number)).write_bytes(made.content)
        claims = [[made.name, made.mime] for made in batch]

        result = await run_limited("tests.bot.files.readers:look_through", tmp_path, claims=claims)

        assert result["memory"] < LIMITS.memory
        ends += result["ends"]
    assert len(ends) == len(files)
    named = {*FileFault}
    assert {end for end in ends if not end.startswith("taken: ")} <= named
    assert FileFault.BROKEN in ends, "the mutations did no damage"
    assert any(end.startswith("taken: ") for end in ends)
