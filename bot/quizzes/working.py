"""An answer that is being put together by taps: what is chosen, or in which order it stands, so far.

It lives in the student's dialog and is not trusted: the service checks what is sent of it.
"""

from dataclasses import dataclass
from typing import Any

from aiogram_dialog import DialogManager

from domain.quizzes.keys import Arranged, Choice, QuestionKind, Response, Written
from domain.quizzes.model import QuestionId, QuestionView

BUILT = frozenset({QuestionKind.MULTIPLE, QuestionKind.MATCHING, QuestionKind.ORDERING, QuestionKind.ESSAY})
"""Kinds whose answer takes several taps or a second look, and is sent with a button of its own."""

_WORK = "work"


@dataclass(frozen=True, slots=True)
class Working:
    picked: tuple[int, ...] = ()
    """Places on the screen: the chosen options, the right side of each left side in turn, or the items in order."""
    text: str | None = None
    """Of an essay."""

    def tapped(self, question: QuestionView, place: int) -> "Working":
        """After a tap on an option, a right side or an item. A place that is not there, or taken, changes nothing."""
        if question.kind is QuestionKind.MULTIPLE:
            if place in self.picked:
                return Working(tuple(each for each in self.picked if each != place))
            return Working((*self.picked, place)) if 0 <= place < len(question.options) else self
        offered = question.rights if question.kind is QuestionKind.MATCHING else question.options
        is_free = 0 <= place < len(offered) and place not in self.picked and len(self.picked) < len(question.options)
        return Working((*self.picked, place)) if is_free else self

    def undone(self) -> "Working":
        return Working(self.picked[:-1])

    def response(self, question: QuestionView) -> Response | None:
        """What can be sent; None while something is missing."""
        match question.kind:
            case QuestionKind.MULTIPLE:
                return Choice(frozenset(self.picked)) if self.picked else None
            case QuestionKind.MATCHING | QuestionKind.ORDERING:
                return Arranged(self.picked) if len(self.picked) == len(question.options) else None
            case QuestionKind.ESSAY:
                return Written(self.text) if self.text else None
            case _:
                return None


def working_on(manager: DialogManager, question_id: QuestionId) -> Working:
    """Nothing yet when the dialog remembers another question's."""
    kept: Any = manager.dialog_data.get(_WORK)
    if not isinstance(kept, dict) or kept.get("question_id") != question_id:
        return Working()
    return Working(tuple(kept["picked"]), kept["text"])


def note_working(manager: DialogManager, question_id: QuestionId, working: Working) -> None:
    manager.dialog_data[_WORK] = {
        "question_id": question_id,
        "picked": list(working.picked),
        "text": working.text,
    }


def forget_working(manager: DialogManager) -> None:
    manager.dialog_data.pop(_WORK, None)
