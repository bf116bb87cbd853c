"""Deep links of tests that were sent: `qi_<import>` looks at one, `qf_<import>` keeps it as a part of the lesson."""

from bot.courses.question_import_actions import open_as_file, open_question_import
from bot.links import Links

LINKS: Links = {"qi": open_question_import, "qf": open_as_file}
