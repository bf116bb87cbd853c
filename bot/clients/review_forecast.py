"""Draws a student's forecast with typst, in a thread."""

import asyncio
from pathlib import Path

import orjson
import structlog

from bot.review.picture import PictureFailed

log = structlog.get_logger()

TEMPLATE = Path(__file__).with_name("review_forecast.typ")
PATIENCE = 10.0
"""Seconds; a picture takes a tenth of one."""
PIXELS_PER_INCH = 144.0


class TypstForecasts:
    """One at a time: a picture is small, and two would share the cores with everybody's answers."""

    def __init__(self, *, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._one_at_a_time = asyncio.Lock()

    async def draw(self, title: str, language: str, days: list[tuple[str, int]]) -> bytes:
        data = orjson.dumps({"title": title, "language": language, "days": days}).decode()
        async with self._one_at_a_time:
            try:
                return await asyncio.wait_for(asyncio.to_thread(_draw, data), self._patience)
            except TimeoutError as error:
                log.error("forecast.too_slow")
                raise PictureFailed("too slow") from error


def _draw(data: str) -> bytes:
    import typst

    try:
        compiler = typst.Compiler(str(TEMPLATE), root=str(TEMPLATE.parent))
        png = compiler.compile(format="png", ppi=PIXELS_PER_INCH, sys_inputs={"data": data})
    except typst.TypstError as error:
        log.error("forecast.refused", cause=type(error).__name__)
        raise PictureFailed("refused") from error
    if not isinstance(png, bytes):
        raise PictureFailed("more than one page")
    return png
