"""The forecast as a picture below the report."""

from datetime import timedelta
from typing import Any, Protocol

from aiogram.types import BufferedInputFile, CallbackQuery
from aiogram_dialog import DialogManager, ShowMode

from bot.i18n import _, current_language, ngettext
from bot.services import current_user, services
from domain.clock import utc_now
from domain.review.calendar import day_of
from domain.review.plans import FORECAST_DAYS


class PictureFailed(Exception):
    """It cannot be drawn now."""


class ForecastPress(Protocol):
    async def draw(self, title: str, language: str, days: list[tuple[str, int]]) -> bytes:
        """A PNG: one bar a day; a day has a label or an empty one. Raises PictureFailed."""
        ...


async def send_forecast(query: CallbackQuery, _button: Any, manager: DialogManager) -> None:
    """Drawn in a tenth of a second, outside of any transaction."""
    user = current_user(manager)
    report = await services(manager).review_plans.report(user.id)
    today = day_of(utc_now(), user.timezone)
    press: ForecastPress = manager.middleware_data["forecast_press"]
    days = [
        (f"{today + timedelta(days=ahead):%d.%m}" if ahead % _LABELLED == 0 else "", count)
        for ahead, count in enumerate(report.forecast)
    ]
    try:
        picture = await press.draw(_("Cards on the next {n} days").format(n=FORECAST_DAYS), current_language(), days)
    except PictureFailed:
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
