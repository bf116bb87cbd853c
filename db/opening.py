"""Who may see and open a lesson, in SQL: `is_visible` and `barrier_of` of domain/courses/model.py, and their facts.

All of it is about courses `c` and lessons `l`; `user` and `now` are parameters such as `$1`. Where a whole list is
asked, `place` names the position of the lesson's section, so that it is not looked up for each row. A test compares
both.
"""

from typing import Any

import asyncpg
import orjson

from db.content import is_staff, text_of
from db.progress import is_finished
from domain.courses.model import Entitlement, Named

_PLACE = "(select o.position from sections o where o.id = l.section_id)"


def owns_course(user: str) -> str:
    return f"""
        exists (select from access_grants g where g.user_id = {user} and g.revoked_at is null
            and g.product_kind = 'course' and g.product_id = c.id)
    """


def owns_lesson(user: str) -> str:
    return f"""
        exists (select from access_grants g where g.user_id = {user} and g.revoked_at is null
            and g.product_kind = 'lesson' and g.product_id = l.id)
    """


def keeps_lesson(user: str) -> str:
    """The order counts, not the payment: money that arrives after the lesson was archived still opens it."""
    return f"""
        (l.archived_at is not null and l.was_published and exists (
            select from access_grants g join orders o on o.id = g.order_id
            where g.user_id = {user} and g.revoked_at is null and o.created_at <= l.archived_at
            and (g.product_kind, g.product_id) in (('course', l.course_id), ('lesson', l.id))))
    """


def has_begun(user: str) -> str:
    return f"exists (select from lesson_progress b where b.user_id = {user} and b.lesson_id = l.id)"


def enrolled_at(user: str) -> str:
    return f"(select e.enrolled_at from enrolments e where e.user_id = {user} and e.course_id = c.id)"


def missing(user: str) -> str:
    """The courses that `c` requires and that are not completed; who can no longer take one is not asked for it."""
    return f"""
        (select coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'title', r.title) order by r.id), '[]')
         from {_required(user)})
    """


def gate(user: str, place: str = _PLACE) -> str:
    return f"""
        (select jsonb_build_object('id', g.id, 'title', g.title)
         from {_gates(user, place)} order by gs.position, g.position limit 1)
    """


def facts(user: str) -> str:
    """The columns that `entitlement_on` reads."""
    return f"""
        {is_staff(user)} as is_staff, {owns_course(user)} as owns_course, {owns_lesson(user)} as owns_lesson,
        {keeps_lesson(user)} as keeps_lesson, {has_begun(user)} as has_begun, {enrolled_at(user)} as enrolled_at,
        {gate(user)} as gate, {missing(user)} as missing
    """


def is_paid(user: str) -> str:
    """Nothing has to be bought, or it has been."""
    return f"""
        (c.sale = 'free' or c.sale = 'lessons' and coalesce(l.price_tiyin, 0) = 0
            or {owns_course(user)} or {owns_lesson(user)})
    """


def waits(user: str, now: str, place: str = _PLACE) -> str:
    """Closed by a course, a date or a gate, whatever was paid.

    Where a whole list is asked, courses without gates and requirements are told first, by a hash made once.
    """
    is_list = place != _PLACE
    has_gates = "l.course_id in (select w.course_id from lessons w where w.is_gate) and" if is_list else ""
    requires = "c.id in (select w.course_id from course_prerequisites w) and" if is_list else ""
    return f"""
        (not l.is_preview and (
            l.opens_at is not null and l.opens_at > {now}
            or l.opens_after_days is not null
                and coalesce({enrolled_at(user)} + make_interval(hours => 24 * l.opens_after_days) > {now}, true)
            or {has_gates} exists (select from {_gates(user, place)})
            or {requires} exists (select from {_required(user)}))
        and not {has_begun(user)})
    """


def is_open(user: str, now: str, place: str = _PLACE, staff: str | None = None) -> str:
    """Visible and without a barrier. `staff`: a cheaper condition for the same as `is_staff`."""
    return f"""
        ({staff or is_staff(user)} or (
            case when l.archived_at is not null then {keeps_lesson(user)}
            else l.is_published and (c.status = 'published' or {owns_course(user)} or {owns_lesson(user)}) end
            and (l.is_preview or {is_paid(user)}) and not {waits(user, now, place)}))
    """


def entitlement_on(row: asyncpg.Record) -> Entitlement:
    """From the columns of `facts`."""
    return Entitlement(
        is_staff=row["is_staff"],
        owns_course=row["owns_course"],
        owns_lesson=row["owns_lesson"],
        keeps_lesson=row["keeps_lesson"],
        has_begun=row["has_begun"],
        enrolled_at=row["enrolled_at"],
        gate=named(orjson.loads(row["gate"])) if row["gate"] else None,
        missing=all_named(row["missing"]),
    )


def all_named(raw: str) -> tuple[Named, ...]:
    return tuple(named(data) for data in orjson.loads(raw))


def named(data: dict[str, Any]) -> Named:
    return Named(id=data["id"], title=text_of(data["title"]))


def _gates(user: str, place: str) -> str:
    """Gates before the lesson that are not finished; what nobody can open any more is no gate."""
    return f"""
        lessons g join sections gs on gs.id = g.section_id
        where g.course_id = l.course_id and g.is_gate and g.is_published
        and (gs.position, g.position) < ({place}, l.position)
        and not {is_finished(user, "g.id")}
    """


def _required(user: str) -> str:
    return f"""
        course_prerequisites q join courses r on r.id = q.required_id
        where q.course_id = c.id and r.status = 'published'
        and not exists (select from enrolments d
            where d.user_id = {user} and d.course_id = r.id and d.status = 'completed')
        and exists (select from lessons n where n.course_id = r.id and n.is_published
            and not {is_finished(user, "n.id")})
    """
