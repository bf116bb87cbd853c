"""Messages that suggest danger. They are answered with people's words and not by a model, and never refused.

The list holds what people say of themselves, in whole phrases: a question about Hamlet's death is a question about
Hamlet. A false alarm costs one kind sentence; the model may raise one too, with a mark of its own.
"""

from domain.folding import fold, words_in

ALERT_JOB = "tutor_alert"
"""Payload: `user_id`, `message_id`. Tells the staff's chat, where the centre wants it; never what was written."""

_SPOKEN = (
    "kill myself", "killing myself", "i want to die", "i wanna die", "end my life", "i am suicidal", "im suicidal",
    "hurt myself", "harm myself", "cut myself", "dont want to live", "do not want to live", "beats me", "raped me",
    "o‘zimni o‘ldir*", "o‘lgim kel*", "jonimga qasd", "o‘z jonimga", "yashagim kelma*", "o‘zimni osaman",
    "o‘zimni osmoqchi*", "o‘zimga zarar", "yashashni xohlamay*", "meni uradi*", "meni urishadi*", "meni do‘pposla*",
    "meni zo‘rla*", "meni kaltakla*",
    "убить себя", "убью себя", "покончить с собой", "покончу с собой", "хочу умереть", "не хочу жить",
    "не хочется жить", "резать себя", "режу себя", "меня бьют", "меня бьет", "меня бьёт", "меня избива*",
    "меня изнасил*",
)  # fmt: skip
"""A star takes any ending."""


def _phrase(spoken: str) -> tuple[tuple[str, ...], bool]:
    """Folded, so that Latin, Cyrillic and every apostrophe are one spelling."""
    return tuple(words_in(fold(spoken.rstrip("*")))), spoken.endswith("*")


_PHRASES = tuple(map(_phrase, _SPOKEN))


def suggests_danger(text: str) -> bool:
    words = words_in(fold(text))
    return any(
        _is_said(words[start : start + len(phrase)], phrase, takes_ending=takes_ending)
        for start in range(len(words))
        for phrase, takes_ending in _PHRASES
    )


def _is_said(words: list[str], phrase: tuple[str, ...], *, takes_ending: bool) -> bool:
    if not takes_ending:
        return tuple(words) == phrase
    return tuple(words[:-1]) == phrase[:-1] and len(words) == len(phrase) and words[-1].startswith(phrase[-1])
