"""The deep link of an import: `im_<id>`."""

from bot.courses.import_actions import open_import
from bot.links import Links

LINKS: Links = {"im": open_import}
