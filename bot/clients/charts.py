"""Draws charts with typst: bars by topic, the line of one's results, the columns of the days to come.

What people wrote goes in as JSON and stays text. The white ground is a part of the picture, so that it reads in dark
chats as in light ones.
"""

import asyncio
import hashlib
from collections import OrderedDict
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
import structlog

from bot.charts import Chart, ChartFailed
from bot.clients.certificates import printable

if TYPE_CHECKING:
    import typst

log = structlog.get_logger()

TEMPLATE = Path(__file__).with_name("chart.typ")
PATIENCE = 10.0
"""Seconds for one picture; it takes a tenth of one."""
PIXELS_PER_INCH = 150.0
KEPT = 200
"""Pictures in memory, some 20 KB each; they may be lost."""


class TypstCharts:
    """One picture at a time, in a thread; the same content is drawn once."""

    def __init__(self, *, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._one_at_a_time = asyncio.Lock()
        self._compiler: typst.Compiler | None = None
        self._drawn: OrderedDict[str, bytes] = OrderedDict()

    async def draw(self, chart: Chart) -> bytes:
        """A PNG. Raises ChartFailed."""
        values = _values(chart)
        key = hashlib.sha256(values).hexdigest()
        async with self._one_at_a_time:
            if key in self._drawn:
                self._drawn.move_to_end(key)
                return self._drawn[key]
            try:
                picture = await asyncio.wait_for(asyncio.to_thread(self._draw, values), self._patience)
            except TimeoutError as error:
                # The thread cannot be stopped; it is left to itself with its compiler, and the next one is new.
                self._compiler = None
                log.error("chart.too_slow")
                raise ChartFailed from error
            self._drawn[key] = picture
            if len(self._drawn) > KEPT:
                self._drawn.popitem(last=False)
            return picture

    def _draw(self, values: bytes) -> bytes:
        import typst

        compiler = self._compiler
        if compiler is None:
            compiler = self._compiler = typst.Compiler(str(TEMPLATE), root=str(TEMPLATE.parent))
        try:
            png = compiler.compile(format="png", ppi=PIXELS_PER_INCH, sys_inputs={"data": values.decode()})
        except typst.TypstError as error:
            # Its words may quote what a person wrote.
            log.error("chart.refused", cause=type(error).__name__)
            raise ChartFailed from error
        if not isinstance(png, bytes):
            raise ChartFailed
        return png


def _values(chart: Chart) -> bytes:
    values = asdict(chart)
    values["title"] = printable(chart.title)
    for each in values["marks"]:
        # An empty label stays empty: `printable` would make a dash of it.
        each["label"] = each["label"] and printable(each["label"])
    return orjson.dumps(values)
