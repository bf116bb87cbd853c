"""How a quiz went, in words."""

from datetime import timedelta

from bot.i18n import _


def duration(spent: timedelta) -> str:
    minutes, seconds = divmod(round(spent.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return _("{hours} h {minutes} min").format(hours=hours, minutes=minutes)
    if minutes:
        return _("{minutes} min {seconds} s").format(minutes=minutes, seconds=seconds)
    return _("{seconds} s").format(seconds=seconds)


def praise(percent: int) -> str:
    if percent == 100:
        return _("🏆 Everything right. Brilliant!")
    if percent >= 80:
        return _("🎉 Very good! Only a little is missing.")
    if percent >= 50:
        return _("👍 A good start. Look at the mistakes and try again.")
    return _("🌱 Every mistake teaches something. Read the lesson once more and try again.")
