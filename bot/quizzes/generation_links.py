"""Links to what a model has written."""

from bot.links import LinkHandler
from bot.quizzes.generation_actions import open_generation
from bot.quizzes.practice_dialog import open_practice

LINKS: dict[str, LinkHandler] = {"gn": open_generation, "pr": open_practice}
