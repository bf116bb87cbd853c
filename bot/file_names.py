"""Names of the files that the bot makes."""

import re

from domain.courses.wording import clean_file_name

_NO_NAME = re.compile(r'[\\/:*?"<>|]+')
_LONGEST_NAME = 60


def file_name(title: str, suffix: str, mark: str = "") -> str:
    """After a lesson, bank or course, without what some computer does not take in a name; `mark` says which of several
    files it is."""
    words = _NO_NAME.sub(" ", title).split()
    stem = clean_file_name(" ".join(words), _LONGEST_NAME).strip(". ") or "ustoz"
    return f"{stem} - {mark}{suffix}" if mark else f"{stem}{suffix}"
