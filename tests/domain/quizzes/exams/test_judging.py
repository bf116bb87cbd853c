"""What an exam's answers say of its students: on a scale of its own, however few sat it."""

from domain.quizzes.exams.judging import abilities_of
from domain.quizzes.exams.ports import ExamAnswer
from domain.quizzes.model import AttemptId, QuestionId
from domain.users.model import UserId


def sheet(attempt: int, marks: str) -> list[ExamAnswer]:
    """`+` right, `-` wrong, `.` not reached."""
    return [
        ExamAnswer(
            attempt_id=AttemptId(attempt),
            user_id=UserId(attempt + 100),
            question_id=QuestionId(number),
            is_correct=mark == "+",
            choice=None if mark == "." else mark,
        )
        for number, mark in enumerate(marks)
    ]


def test_all_right_and_all_wrong_have_finite_abilities_in_a_small_group_too() -> None:
    found = dict(abilities_of(sheet(1, "+++++") + sheet(2, "-----") + sheet(3, "+-+-+")))

    assert -8 < found[AttemptId(2)].value < found[AttemptId(3)].value < found[AttemptId(1)].value < 8
    assert all(each.low < each.value < each.high for each in found.values())


def test_what_was_not_reached_counts_as_wrong() -> None:
    found = dict(abilities_of(sheet(1, "++-..") + sheet(2, "++---") + sheet(3, "+++++")))

    assert found[AttemptId(1)] == found[AttemptId(2)]


def test_fewer_questions_make_a_wider_interval() -> None:
    short, long = abilities_of(sheet(1, "+-+-")), abilities_of(sheet(1, "+-" * 20))

    assert short[0][1].high - short[0][1].low > long[0][1].high - long[0][1].low


def test_nothing_is_made_of_nothing() -> None:
    assert abilities_of([]) == []
