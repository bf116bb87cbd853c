"""The tutor's conversations, counter and running answers on PostgreSQL."""

import asyncio
from datetime import date, timedelta

import pytest

from db.engine import Pool
from domain.errors import Gone
from domain.tutor.model import Beat, Ending, MessageId, NewReply, ReplyKind, Role, SessionId, Usage
from domain.unit_of_work import Begin
from domain.users.model import UserId
from tests.db.tutor_world import NOON, World

TODAY = date(2026, 11, 20)
LEASE = timedelta(seconds=20)


@pytest.fixture(scope="module")
def world(pool: Pool) -> World:
    return World(pool)


async def asked(begin: Begin, user: UserId, text: str = "2 + 2?") -> tuple[SessionId, MessageId]:
    async with begin() as uow:
        session = await uow.tutor.add_session(user, None, text, NOON)
        question = await uow.tutor.add_question(session.id, text, NOON)
        assert question is not None
        await uow.commit()
    return session.id, question.id


async def start(begin: Begin, user: UserId, session: SessionId, question: MessageId) -> bool:
    async with begin() as uow:
        is_started = await uow.tutor.start_run(user, session, question, TODAY, NOON + LEASE, is_counted=True)
        await uow.commit()
    return is_started


async def test_a_conversation_is_read_back_as_it_was_written(world: World, begin: Begin, read: Begin) -> None:
    user = await world.user()
    session, question = await asked(begin, user, "<b>Nima</b> uchun?")
    reply = NewReply(
        text="Chunki $x^2$",
        kind=ReplyKind.HINT,
        ending=Ending.STOPPED,
        usage=Usage(tokens_in=12, tokens_out=7),
        model="small",
        latency_ms=340,
    )
    async with begin() as uow:
        await uow.tutor.add_reply(session, reply, NOON + timedelta(seconds=1))
        await uow.commit()

    async with read() as uow:
        first, second = await uow.tutor.messages(session, limit=10)
        shown = await uow.tutor.get_session(session, user)

    assert (first.id, first.role, first.text, first.kind) == (question, Role.STUDENT, "<b>Nima</b> uchun?", None)
    assert (second.role, second.text, second.kind, second.ending) == (
        Role.TUTOR,
        "Chunki $x^2$",
        ReplyKind.HINT,
        Ending.STOPPED,
    )
    assert (second.usage, second.model, second.latency_ms) == (Usage(tokens_in=12, tokens_out=7), "small", 340)
    assert shown is not None
    assert shown.last_at == NOON + timedelta(seconds=1)


async def test_the_latest_messages_come_oldest_first(world: World, begin: Begin, read: Begin) -> None:
    session, _ = await asked(begin, await world.user(), "one")
    async with begin() as uow:
        for text in ("two", "three"):
            await uow.tutor.add_question(session, text, NOON)
        await uow.commit()

    async with read() as uow:
        messages = await uow.tutor.messages(session, limit=2)

    assert [message.text for message in messages] == ["two", "three"]


async def test_another_students_conversation_is_not_there(world: World, begin: Begin) -> None:
    owner, stranger = await world.user(), await world.user()
    session, question = await asked(begin, owner)

    async with begin() as uow:
        assert await uow.tutor.get_session(session, stranger) is None
        assert await uow.tutor.get_message(question, stranger) is None
        assert not await uow.tutor.delete_session(session, stranger, NOON)
        assert await uow.tutor.get_message(question, owner) is not None


async def test_conversations_are_listed_with_the_latest_first_and_paged(
    world: World, begin: Begin, read: Begin
) -> None:
    user = await world.user()
    for number in range(5):
        async with begin() as uow:
            await uow.tutor.add_session(user, None, f"question {number}", NOON + timedelta(minutes=number))
            await uow.commit()

    async with read() as uow:
        first, total = await uow.tutor.sessions_of(user, limit=2, offset=0)
        last, _ = await uow.tutor.sessions_of(user, limit=2, offset=4)
        beyond, total_beyond = await uow.tutor.sessions_of(user, limit=2, offset=10)

    assert [session.title for session in first] == ["question 4", "question 3"]
    assert [session.title for session in last] == ["question 0"]
    assert (total, list(beyond), total_beyond) == (5, [], 5)


async def test_a_deleted_conversation_takes_its_messages_and_its_running_answer(
    world: World, begin: Begin, read: Begin
) -> None:
    user = await world.user()
    session, question = await asked(begin, user)
    await start(begin, user, session, question)

    async with begin() as uow:
        assert await uow.tutor.delete_session(session, user, NOON)
        await uow.commit()

    async with begin() as uow:
        assert await uow.tutor.beat(user, question, NOON + LEASE) is Beat.LOST
        assert await uow.tutor.add_reply(session, NewReply(text="late", kind=ReplyKind.ANSWER), NOON) is None
    async with read() as uow:
        assert await uow.tutor.messages(session, limit=10) == []


async def test_of_many_questions_at_once_no_more_are_counted_than_the_day_allows(
    world: World, begin: Begin, read: Begin
) -> None:
    user = await world.user()

    async def count() -> int | None:
        async with begin() as uow:
            counted = await uow.tutor.count_question(user, TODAY, 5)
            await uow.commit()
        return counted

    counted = await asyncio.gather(*(count() for _ in range(40)))

    assert sorted(number for number in counted if number is not None) == [1, 2, 3, 4, 5]
    async with read() as uow:
        assert (await uow.tutor.standing(user, TODAY, NOON)).asked == 5


async def test_counting_by_reading_first_would_let_too_many_through(world: World, pool: Pool) -> None:
    """The negative control of the test above: the same race against the naive way does overshoot."""
    user = await world.user()
    has_read = asyncio.Barrier(10)

    async def count_naively() -> bool:
        async with pool.acquire() as connection, connection.transaction():
            today = await connection.fetchval(
                "select coalesce(sum(questions), 0) from doubt_days where user_id = $1 and day = $2", user, TODAY
            )
            await has_read.wait()
            if today >= 5:
                return False
            await connection.execute(
                "insert into doubt_days (user_id, day, questions) values ($1, $2, 1)"
                " on conflict (user_id, day) do update set questions = doubt_days.questions + 1",
                user,
                TODAY,
            )
            return True

    allowed = await asyncio.gather(*(count_naively() for _ in range(10)))

    assert sum(allowed) > 5


async def test_a_question_given_back_may_be_asked_again(world: World, begin: Begin) -> None:
    user = await world.user()

    async with begin() as uow:
        assert await uow.tutor.count_question(user, TODAY, 1) == 1
        assert await uow.tutor.count_question(user, TODAY, 1) is None
        await uow.tutor.uncount_question(user, TODAY)
        await uow.tutor.uncount_question(user, TODAY)
        assert await uow.tutor.count_question(user, TODAY, 1) == 1


async def test_a_centre_that_allows_none_counts_none(world: World, begin: Begin) -> None:
    async with begin() as uow:
        assert await uow.tutor.count_question(await world.user(), TODAY, 0) is None


async def test_every_day_has_its_own_count(world: World, begin: Begin) -> None:
    user = await world.user()

    async with begin() as uow:
        await uow.tutor.count_question(user, TODAY, 1)
        assert await uow.tutor.count_question(user, TODAY + timedelta(days=1), 1) == 1


async def test_of_two_questions_at_once_one_is_answered(world: World, begin: Begin) -> None:
    user = await world.user()
    questions = [await asked(begin, user) for _ in range(10)]

    started = await asyncio.gather(*(start(begin, user, session, question) for session, question in questions))

    assert sum(started) == 1


async def test_a_stop_reaches_the_running_answer_through_the_database(world: World, begin: Begin) -> None:
    user = await world.user()
    session, question = await asked(begin, user)
    await start(begin, user, session, question)

    async with begin() as uow:
        before = await uow.tutor.beat(user, question, NOON + LEASE)
        is_asked = await uow.tutor.ask_to_stop(user)
        after = await uow.tutor.beat(user, question, NOON + LEASE)

    assert (before, is_asked, after) == (Beat.GO_ON, True, Beat.STOP)


async def test_without_a_running_answer_there_is_nothing_to_stop(world: World, begin: Begin) -> None:
    async with begin() as uow:
        assert not await uow.tutor.ask_to_stop(await world.user())


async def test_a_lost_run_is_taken_up_once_and_a_living_one_never(world: World, begin: Begin, read: Begin) -> None:
    dead, alive = await world.user(), await world.user()
    for user in (dead, alive):
        session, question = await asked(begin, user)
        await start(begin, user, session, question)
    later = NOON + 2 * LEASE
    async with begin() as uow:
        await uow.tutor.beat(alive, question, later + LEASE)
        await uow.commit()

    async def sweep() -> list[UserId]:
        async with begin() as uow:
            lost = await uow.tutor.take_lost_runs(later)
            await uow.commit()
        return [run.user_id for run in lost]

    swept = await asyncio.gather(*(sweep() for _ in range(5)))

    taken = [user for users in swept for user in users]
    assert taken.count(dead) == 1
    assert alive not in taken
    async with read() as uow:
        assert (await uow.tutor.standing(alive, TODAY, later)).is_running
        assert not (await uow.tutor.standing(dead, TODAY, later)).is_running


async def test_a_stored_answer_stays_with_its_run_until_it_is_delivered(world: World, begin: Begin) -> None:
    user = await world.user()
    session, question = await asked(begin, user)
    await start(begin, user, session, question)

    async with begin() as uow:
        answer = await uow.tutor.add_reply(session, NewReply(text="4", kind=ReplyKind.ANSWER), NOON)
        assert answer is not None
        run = await uow.tutor.set_answer(user, question, answer.id, NOON + LEASE)
        second = await uow.tutor.set_answer(user, question, answer.id, NOON + LEASE)
        is_stoppable = await uow.tutor.ask_to_stop(user)
        await uow.commit()
    async with begin() as uow:
        [lost] = [run for run in await uow.tutor.take_lost_runs(NOON + 2 * LEASE) if run.user_id == user]

    assert run is not None
    assert (second, is_stoppable) == (None, False)
    assert (lost.answer_id, lost.day, lost.is_counted) == (answer.id, TODAY, True)


async def test_deleting_a_conversation_while_its_answer_is_stored_blocks_nobody(world: World, begin: Begin) -> None:
    user = await world.user()

    async def store(session: SessionId, question: MessageId) -> None:
        async with begin() as uow:
            answer = await uow.tutor.add_reply(session, NewReply(text="4", kind=ReplyKind.ANSWER), NOON)
            if answer is not None and await uow.tutor.set_answer(user, question, answer.id, NOON + LEASE):
                await uow.commit()

    async def delete(session: SessionId) -> None:
        async with begin() as uow:
            await uow.tutor.delete_session(session, user, NOON)
            await uow.commit()

    for _ in range(20):
        session, question = await asked(begin, user)
        await start(begin, user, session, question)
        await asyncio.gather(store(session, question), delete(session))

        async with begin() as uow:
            assert await uow.tutor.get_session(session, user) is None


async def test_an_unknown_user_has_no_desk(begin: Begin, read: Begin) -> None:
    from domain.tutor.service import TutorService

    tutor = TutorService(begin=begin, read=read, now=lambda: NOON, model=None)

    with pytest.raises(Gone):
        await tutor.desk(UserId(404))
