"""The domain's `Inspector`: looks into files in a child process."""

from pathlib import Path

from bot.clients.parsing.runner import LIMITS, Limits, run_limited
from domain.courses.inspection import Claim, Finding


class ChildInspector:
    def __init__(self, limits: Limits = LIMITS) -> None:
        self._limits = limits

    async def inspect(self, file: Path, claim: Claim) -> Finding:
        found = await run_limited(
            "bot.clients.parsing.documents:inspect", file, limits=self._limits, name=claim.name, mime=claim.mime
        )
        return Finding(mime=found["mime"], pages=found["pages"])
