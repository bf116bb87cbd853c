"""How far a student is, in SQL, looked up for one lesson after the other.

`user` is a parameter such as `$1`. Nobody can tell the planner how much somebody has done: it believes in the usual
twenty rows and would read all progress of a student, who may have thousands, for each course of a list. `offset 0`
keeps a look-up a look-up.
"""


def is_finished(user: str, lesson: str) -> str:
    return f"""
        exists (select from lesson_progress f
            where f.user_id = {user} and f.lesson_id = {lesson} and f.finished_at is not null offset 0)
    """


def done_count(user: str) -> str:
    """The published lessons of a course `c` that are finished."""
    return f"""
        (select count(*) from lessons l
         where l.course_id = c.id and l.is_published and {is_finished(user, "l.id")})
    """
