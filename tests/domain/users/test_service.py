from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.errors import InvalidInput, NotAllowed
from domain.language import Language
from domain.notifications.model import NoticeKind
from domain.users.errors import (
    ForeignContact,
    InvitationSpent,
    NotYetThere,
    PhoneRequired,
    RoleIsFixed,
    UserUnknown,
)
from domain.users.model import INVITATION_LIFETIME, Goal, RegistrationStep, Role, SubjectId, UserId
from domain.users.service import UserService
from tests.domain.users.fakes import FakeDatabase

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
ALI, VALI, AZIZA, DIRECTOR = UserId(11), UserId(12), UserId(13), UserId(1)


class Centre:
    """The service on a database in memory and a clock that the test moves."""

    def __init__(self, *, phone_required: bool = False) -> None:
        self.database = FakeDatabase()
        self.now = NOON
        self.users = UserService(
            begin=self.database.begin,
            read=self.database.read,
            now=lambda: self.now,
            admin_ids=[DIRECTOR],
            phone_required=phone_required,
        )

    async def has(self, *user_ids: UserId) -> None:
        for user_id in user_ids:
            await self.users.arrive(user_id, "Somebody New", None, "uz")

    def role_of(self, user_id: UserId) -> Role:
        return self.database.kept.users[user_id].role


@pytest.fixture
def centre() -> Centre:
    return Centre()


async def test_the_first_contact_creates_a_student_with_what_telegram_knows(centre: Centre) -> None:
    user = await centre.users.arrive(ALI, "Ali\u202e Karimov", "ali_k", "ru-RU", "c_algebra")

    assert (user.full_name, user.language, user.role) == ("Ali Karimov", Language.RU, Role.STUDENT)
    assert (user.step, user.pending_link) == (RegistrationStep.LANGUAGE, "c_algebra")
    assert await centre.users.find(ALI) == user


async def test_a_language_that_is_not_spoken_here_becomes_the_centres(centre: Centre) -> None:
    user = await centre.users.arrive(ALI, "Ali", None, "tr")

    assert user.language is Language.UZ


async def test_whoever_the_settings_name_is_an_admin_from_the_first_contact_on(centre: Centre) -> None:
    await centre.has(DIRECTOR, ALI)

    assert (centre.role_of(DIRECTOR), centre.role_of(ALI)) == (Role.ADMIN, Role.STUDENT)


async def test_whoever_the_settings_name_later_is_an_admin_from_the_next_start_on(centre: Centre) -> None:
    await centre.has(ALI)
    later = UserService(begin=centre.database.begin, read=centre.database.read, now=lambda: NOON, admin_ids=[ALI])

    user = await later.arrive(ALI, "Ali", None, "uz")

    assert user.is_admin
    assert centre.role_of(ALI) is Role.ADMIN


async def test_a_start_that_changes_nothing_opens_no_transaction(centre: Centre) -> None:
    user = await centre.users.arrive(ALI, "Ali", "ali_k", "uz")
    opened = centre.database.transactions

    assert await centre.users.welcome(user, "ali_k", None) == user
    assert centre.database.transactions == opened


async def test_a_start_without_a_link_keeps_the_earlier_one_and_a_newer_link_replaces_it(centre: Centre) -> None:
    await centre.users.arrive(ALI, "Ali", None, "uz", "c_algebra")

    assert (await centre.users.arrive(ALI, "Ali", None, "uz")).pending_link == "c_algebra"
    assert (await centre.users.arrive(ALI, "Ali", None, "uz", "t_token")).pending_link == "t_token"


async def test_a_link_that_is_longer_than_telegram_makes_them_is_not_kept(centre: Centre) -> None:
    user = await centre.users.arrive(ALI, "Ali", None, "uz", "c_" + "x" * 63)

    assert user.pending_link is None


async def test_registration_asks_everything_once_and_keeps_the_link_until_it_was_followed(centre: Centre) -> None:
    await centre.users.arrive(ALI, "Ali", None, "uz", "c_algebra")

    await centre.users.choose_language(ALI, Language.EN)
    await centre.users.introduce(ALI, "Ali Karimov")
    await centre.users.share_phone(ALI, ALI, "998901234567")
    for subject in (2, 1, 2):
        await centre.users.choose_subject(ALI, SubjectId(subject), is_chosen=True)
    await centre.users.choose_subject(ALI, SubjectId(1), is_chosen=False)
    await centre.users.skip(ALI, RegistrationStep.SUBJECTS)
    await centre.users.choose_goal(ALI, Goal.EXAM)
    user = await centre.users.choose_daily_minutes(ALI, 15)

    assert user.is_registered
    assert (user.full_name, user.language, user.phone) == ("Ali Karimov", Language.EN, "+998901234567")
    assert (user.goal, user.daily_minutes, user.pending_link) == (Goal.EXAM, 15, "c_algebra")
    assert await centre.users.subjects_of(ALI) == [2]

    await centre.users.link_followed(ALI)
    assert centre.database.kept.users[ALI].pending_link is None


async def test_the_shortest_registration_leaves_the_last_three_questions_unasked(centre: Centre) -> None:
    await centre.has(ALI)
    await centre.users.choose_language(ALI, Language.UZ)
    await centre.users.introduce(ALI, "Ali")
    with pytest.raises(NotYetThere):
        await centre.users.start_learning(ALI)
    await centre.users.skip(ALI, RegistrationStep.PHONE)

    assert (await centre.users.start_learning(ALI)).is_registered


async def test_a_number_that_the_centre_requires_is_neither_skipped_nor_removed() -> None:
    centre = Centre(phone_required=True)
    await centre.has(ALI)

    with pytest.raises(PhoneRequired):
        await centre.users.skip(ALI, RegistrationStep.PHONE)
    with pytest.raises(PhoneRequired):
        await centre.users.forget_phone(ALI)


async def test_name_and_language_are_not_skipped(centre: Centre) -> None:
    await centre.has(ALI)

    for step in (RegistrationStep.LANGUAGE, RegistrationStep.NAME):
        with pytest.raises(NotYetThere):
            await centre.users.skip(ALI, step)


@pytest.mark.parametrize("owner", [VALI, None])
async def test_a_foreign_or_unowned_contact_binds_no_number(centre: Centre, owner: UserId | None) -> None:
    await centre.has(ALI, VALI)

    with pytest.raises(ForeignContact):
        await centre.users.share_phone(ALI, owner, "+998901234567")

    assert centre.database.kept.users[ALI].phone is None


async def test_a_number_may_be_removed_where_it_is_not_required(centre: Centre) -> None:
    await centre.has(ALI)
    await centre.users.share_phone(ALI, ALI, "998901234567")

    assert (await centre.users.forget_phone(ALI)).phone is None


async def test_minutes_beyond_the_choices_are_refused(centre: Centre) -> None:
    await centre.has(ALI)

    with pytest.raises(InvalidInput, match="daily_minutes"):
        await centre.users.choose_daily_minutes(ALI, 7)


async def test_logging_out_mutes_until_the_next_start(centre: Centre) -> None:
    await centre.has(ALI)

    await centre.users.log_out(ALI)
    assert centre.database.kept.users[ALI].is_muted

    user = await centre.users.arrive(ALI, "Ali", None, "uz")
    assert not user.is_muted
    assert user == centre.database.kept.users[ALI]
    assert centre.database.kept.requeued == [ALI]


async def test_what_a_blocked_bot_could_not_say_is_queued_once_when_they_come_back(centre: Centre) -> None:
    await centre.has(ALI)
    await centre.users.blocked_the_bot(ALI)
    assert not centre.database.kept.users[ALI].is_reachable

    await centre.users.come_back(ALI)
    await centre.users.come_back(ALI)

    assert centre.database.kept.users[ALI].is_reachable
    assert centre.database.kept.requeued == [ALI]


async def test_a_start_after_a_block_counts_as_coming_back(centre: Centre) -> None:
    await centre.has(ALI)
    await centre.users.blocked_the_bot(ALI)

    user = await centre.users.arrive(ALI, "Ali", None, "uz")

    assert user.is_reachable
    assert centre.database.kept.requeued == [ALI]


async def test_only_an_admin_invites_teachers(centre: Centre) -> None:
    await centre.has(DIRECTOR, ALI, VALI)
    await centre.users.set_role(DIRECTOR, VALI, Role.TEACHER)

    for actor in (ALI, VALI, UserId(404)):
        with pytest.raises(NotAllowed):
            await centre.users.invite_teacher(actor)

    assert centre.database.kept.invitations == {}


async def test_an_invitation_has_128_bits_or_more_fits_a_link_and_is_not_kept_itself(centre: Centre) -> None:
    await centre.has(DIRECTOR)

    tokens = {(await centre.users.invite_teacher(DIRECTOR)).token for _ in range(50)}

    assert len(tokens) == 50
    assert all(len(token) * 6 >= 128 and len(f"t_{token}") <= 64 for token in tokens)
    kept = centre.database.kept.invitations
    assert not any(token.encode() in token_hash for token in tokens for token_hash in kept)


async def test_an_invitation_makes_one_teacher_and_tells_the_inviter(centre: Centre) -> None:
    await centre.has(DIRECTOR, ALI, VALI)
    token = (await centre.users.invite_teacher(DIRECTOR)).token

    assert (await centre.users.accept_invitation(ALI, token)).role is Role.TEACHER
    with pytest.raises(InvitationSpent):
        await centre.users.accept_invitation(VALI, token)

    assert (centre.role_of(ALI), centre.role_of(VALI)) == (Role.TEACHER, Role.STUDENT)
    assert [(user_id, kind) for (user_id, _), kind in centre.database.kept.notices.items()] == [
        (DIRECTOR, NoticeKind.TEACHER_JOINED)
    ]


async def test_the_same_teacher_may_follow_the_link_twice(centre: Centre) -> None:
    await centre.has(DIRECTOR, ALI)
    token = (await centre.users.invite_teacher(DIRECTOR)).token

    await centre.users.accept_invitation(ALI, token)
    again = await centre.users.accept_invitation(ALI, token)

    assert again.role is Role.TEACHER
    assert len(centre.database.kept.notices) == 1


async def test_an_admin_who_tries_the_own_link_neither_uses_it_up_nor_becomes_a_teacher(centre: Centre) -> None:
    await centre.has(DIRECTOR, ALI)
    token = (await centre.users.invite_teacher(DIRECTOR)).token

    assert (await centre.users.accept_invitation(DIRECTOR, token)).is_admin
    assert (await centre.users.accept_invitation(ALI, token)).role is Role.TEACHER


@pytest.mark.parametrize(
    ("age", "is_good"), [(INVITATION_LIFETIME - timedelta(seconds=1), True), (INVITATION_LIFETIME, False)]
)
async def test_an_invitation_expires_after_72_hours(centre: Centre, age: timedelta, is_good: bool) -> None:
    await centre.has(DIRECTOR, ALI)
    token = (await centre.users.invite_teacher(DIRECTOR)).token
    centre.now = NOON + age

    if is_good:
        assert (await centre.users.accept_invitation(ALI, token)).role is Role.TEACHER
    else:
        with pytest.raises(InvitationSpent):
            await centre.users.accept_invitation(ALI, token)
        assert centre.role_of(ALI) is Role.STUDENT


async def test_the_link_of_somebody_who_is_no_admin_any_more_makes_no_teacher(centre: Centre) -> None:
    await centre.has(DIRECTOR, ALI, VALI)
    await centre.users.set_role(DIRECTOR, VALI, Role.ADMIN)
    token = (await centre.users.invite_teacher(VALI)).token
    await centre.users.set_role(DIRECTOR, VALI, Role.STUDENT)

    with pytest.raises(InvitationSpent):
        await centre.users.accept_invitation(ALI, token)

    assert centre.role_of(ALI) is Role.STUDENT


async def test_only_an_admin_gives_roles_and_a_revoked_one_counts_at_once(centre: Centre) -> None:
    await centre.has(DIRECTOR, ALI, VALI)
    with pytest.raises(NotAllowed):
        await centre.users.set_role(ALI, ALI, Role.ADMIN)

    await centre.users.set_role(DIRECTOR, VALI, Role.ADMIN)
    await centre.users.set_role(VALI, ALI, Role.TEACHER)
    await centre.users.set_role(DIRECTOR, VALI, Role.STUDENT)

    with pytest.raises(NotAllowed):
        await centre.users.set_role(VALI, ALI, Role.ADMIN)
    assert centre.role_of(ALI) is Role.TEACHER


async def test_nobody_locks_the_centre_by_taking_the_operators_admin_away(centre: Centre) -> None:
    await centre.has(DIRECTOR, VALI)
    await centre.users.set_role(DIRECTOR, VALI, Role.ADMIN)

    for actor, target in ((DIRECTOR, DIRECTOR), (VALI, DIRECTOR), (VALI, VALI)):
        with pytest.raises(RoleIsFixed):
            await centre.users.set_role(actor, target, Role.STUDENT)

    assert (centre.role_of(DIRECTOR), centre.role_of(VALI)) == (Role.ADMIN, Role.ADMIN)


async def test_whoever_never_wrote_is_reported(centre: Centre) -> None:
    await centre.has(DIRECTOR)

    with pytest.raises(UserUnknown):
        await centre.users.set_role(DIRECTOR, UserId(404), Role.TEACHER)
    with pytest.raises(UserUnknown):
        await centre.users.card(UserId(404))
    with pytest.raises(UserUnknown):
        await centre.users.choose_language(UserId(404), Language.RU)


async def test_a_change_of_oneself_never_touches_the_role(centre: Centre) -> None:
    await centre.has(DIRECTOR, ALI)
    await centre.users.set_role(DIRECTOR, ALI, Role.TEACHER)

    await centre.users.introduce(ALI, "Ali the Teacher")

    stored = centre.database.kept.users[ALI]
    assert stored == replace(stored, full_name="Ali the Teacher", role=Role.TEACHER)
