"""The forecast as a picture below the report."""

from datetime import timedelta
from typing import Any

from aiogram.types import BufferedInputFile, CallbackQuery
from aiogram_dialog import DialogManager, ShowMode

from bot.charts import Chart, ChartFailed, ChartKind, Charts, Mark
from bot.i18n import _, current_language, ngettext
from bot.services import current_user, services
from domain.clock import utc_now
from domain.review.calendar import day_of
from domain.review.plans import FORECAST_DAYS


async def send_forecast(query: CallbackQuery, _button: Any, manager: DialogManager) -> None:
    """Drawn in a tenth of a second, outside of any transaction."""
    user = current_user(manager)
    report = await services(manager).review_plans.report(user.id)
    today = day_of(utc_now(), user.timezone)
    charts: Charts = manager.middleware_data["charts"]
    chart = Chart(
        kind=ChartKind.DAYS,
        title=_("Cards on the next {n} days").format(n=FORECAST_DAYS),
        language=current_language().value,
        marks=tuple(
            Mark(f"{today + timedelta(days=ahead):%d.%m}" if ahead % _LABELLED == 0 else "", count)
            for ahead, count in enumerate(report.forecast)
        ),
    )
    try:
        picture = await charts.draw(chart)
    except ChartFailed:
        await query.answer(_("The picture cannot be drawn right now. Please try again in a minute."), show_alert=True)
        return
    total = sum(report.forecast)
    caption = ngettext("🗓 {n} card in the next 30 days", "🗓 {n} cards in the next 30 days", total).format(n=total)
    await manager.middleware_data["bot"].send_photo(
        user.id, BufferedInputFile(picture, "forecast.png"), caption=caption
    )
    manager.show_mode = ShowMode.DELETE_AND_SEND


_LABELLED = 5
"""Every fifth day has its date below it: more would touch each other."""
