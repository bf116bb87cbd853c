"""Replies to what a lesson showed, as the learning feature takes them."""

from bot.replies import ReplyToLesson

__all__ = ["ReplyToLesson"]
