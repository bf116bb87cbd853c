"""Whether the tutor may help now, and how: what the course's teachers chose, and no help during an exam."""

from dataclasses import dataclass
from typing import Protocol

from domain.courses.model import CourseId
from domain.tutor.errors import ExamRunning, TutorOff
from domain.tutor.model import TutorMode
from domain.users.model import UserId


@dataclass(frozen=True, slots=True)
class ClassRules:
    mode: TutorMode
    sits_exam: bool
    """An attempt of this student's at an exam is open."""

    def check(self) -> None:
        """Raises ExamRunning, whatever the question is about, and TutorOff."""
        if self.sits_exam:
            raise ExamRunning
        if self.mode is TutorMode.OFF:
            raise TutorOff


class TutorModes(Protocol):
    async def rules(self, user_id: UserId, course_id: CourseId | None) -> ClassRules:
        """One statement. Without a course, and where nobody has chosen, hints come first."""
        ...

    async def mode(self, course_id: CourseId) -> TutorMode: ...

    async def set_mode(self, course_id: CourseId, mode: TutorMode) -> None: ...
