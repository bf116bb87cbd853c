"""The table: people's own files, and those that are shared with a course."""

from domain.materials.model import Sent
from tests.db.authorisation_learning import BY_COURSE, OWN, SELF
from tests.db.authorisation_table import (
    Outcome,
    Target,
    case,
    everybody,
    has_bought,
    is_member,
    owners,
    teaches_it,
)

SENT = Sent(bot_id=1, message_id=1_000_000, name="a.pdf", mime="", size=10, telegram_file_id="M")


def takers(person: str, target: Target) -> Outcome:
    """What is shared with a course is for those who teach it, and for those who take it and have paid what it costs."""
    kit = target.kit
    if teaches_it(person, kit):
        return Outcome.DONE
    is_open = kit.status == "published" or has_bought(person, kit)
    is_paid = kit.sale != "course" or has_bought(person, kit)
    return Outcome.DONE if is_open and is_paid and is_member(person, kit) else Outcome.GONE


def sharers(person: str, target: Target) -> Outcome:
    """One's own material, with a course that one is a teacher of; an admin is no teacher of every course."""
    may = person == target.own.owner and person != "admin" and teaches_it(person, target.kit)
    return Outcome.DONE if may else Outcome.GONE


def nobody(_person: str, _target: Target) -> Outcome:
    return Outcome.GONE


MATERIALS = (
    case("materials.receive", everybody, lambda d, w, t: d.materials.receive(w, SENT), **SELF),
    case("materials.mine", everybody, lambda d, w, t: d.materials.mine(w), **SELF),
    case("materials.shared_with_me", everybody, lambda d, w, t: d.materials.shared_with_me(w), **SELF),
    case("materials.open", owners, lambda d, w, t: d.materials.open(w, t.own.material), **OWN),
    case("materials.open shared", takers, lambda d, w, t: d.materials.open(w, t.kit.material), **BY_COURSE),
    case("materials.page", owners, lambda d, w, t: d.materials.page(w, t.own.material, 1), **OWN),
    case("materials.page shared", takers, lambda d, w, t: d.materials.page(w, t.kit.material, 1), **BY_COURSE),
    case("materials.find", owners, lambda d, w, t: d.materials.find(w, t.own.material, "of"), **OWN),
    case("materials.find shared", takers, lambda d, w, t: d.materials.find(w, t.kit.material, "umumiy"), **BY_COURSE),
    case("materials.rename", owners, lambda d, w, t: d.materials.rename(w, t.own.material, "Nom"), **OWN),
    case("materials.read_again", owners, lambda d, w, t: d.materials.read_again(w, t.own.material), **OWN),
    case("materials.delete", owners, lambda d, w, t: d.materials.delete(w, t.own.material), **OWN),
    case("materials.restore", owners, lambda d, w, t: d.materials.restore(w, t.own.deleted_material), **OWN),
    case("materials.share", sharers, lambda d, w, t: d.materials.share(w, t.own.material, t.course_id), **OWN),
    case("materials.unshare", owners, lambda d, w, t: d.materials.unshare(w, t.own.material, t.course_id), **OWN),
    case("materials.rename shared", nobody, lambda d, w, t: d.materials.rename(w, t.kit.material, "a"), **BY_COURSE),
    case("materials.read_again shared", nobody, lambda d, w, t: d.materials.read_again(w, t.kit.material), **BY_COURSE),
    case("materials.delete shared", nobody, lambda d, w, t: d.materials.delete(w, t.kit.material), **BY_COURSE),
    case(
        "materials.unshare shared",
        nobody,
        lambda d, w, t: d.materials.unshare(w, t.kit.material, t.course_id),
        **BY_COURSE,
    ),
)
NEVER_DONE_MATERIALS = {f"materials.{name} shared" for name in ("rename", "read_again", "delete", "unshare")}
"""What is shared is read by others, and changed by nobody but its owner, who is not of the table."""
