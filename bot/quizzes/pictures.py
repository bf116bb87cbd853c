"""Results as pictures: what is drawn, and how a screen gets it."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import structlog
from aiogram.enums import ContentType
from aiogram_dialog.api.entities import MediaAttachment, MediaId

from bot.charts import Chart, ChartFailed, ChartKind, Charts, Mark
from bot.i18n import _, current_language, day, shorten
from bot.stored_photo import Photo
from domain.quizzes.insights_ports import PastResult
from domain.quizzes.model import TopicScore

log = structlog.get_logger()

LONGEST_LABEL = 48
MOST_BARS = 12
FEWEST_POINTS = 3
"""Results that make a line worth drawing."""
_KNOWN = 2_000


_sent: OrderedDict[tuple[int, Chart], str] = OrderedDict()
"""The file_id that Telegram gave a picture, by bot and content; it may be lost."""


class _Drawn(Photo):
    def __init__(self, content: bytes, bot_id: int, chart: Chart) -> None:
        super().__init__("results.png", content)
        self._key = (bot_id, chart)

    async def sent(self, file_id: str) -> None:
        _sent[self._key] = file_id
        if len(_sent) > _KNOWN:
            _sent.popitem(last=False)


def topics_chart(topics: Sequence[TopicScore]) -> Chart | None:
    """None where one bar would say no more than the result itself."""
    if len(topics) < 2:
        return None
    return Chart(
        kind=ChartKind.BARS,
        title=_("By topic"),
        language=current_language().value,
        marks=tuple(Mark(shorten(each.topic, LONGEST_LABEL), each.percent) for each in topics[:MOST_BARS]),
    )


def trend_chart(results: Sequence[PastResult], timezone: str) -> Chart | None:
    if len(results) < FEWEST_POINTS:
        return None
    return Chart(
        kind=ChartKind.LINE,
        title=_("My results"),
        language=current_language().value,
        marks=tuple(Mark(day(each.finished_at, timezone), each.score.percent) for each in results),
    )


async def picture_of(chart: Chart | None, data: dict[str, Any]) -> MediaAttachment | None:
    """The attachment; None when there is nothing to draw or it failed: the screen's words say the same."""
    if chart is None:
        return None
    bot_id = data["bot"].id
    known = _sent.get((bot_id, chart))
    if known is not None:
        return MediaAttachment(ContentType.PHOTO, file_id=MediaId(known))
    charts: Charts = data["charts"]
    try:
        return _Drawn(await charts.draw(chart), bot_id, chart)
    except ChartFailed:
        log.warning("chart.missing", kind=chart.kind)
        return None
