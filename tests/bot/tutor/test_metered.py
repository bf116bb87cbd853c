"""Every call of a model's server is reserved, counted and bounded, with the real SDK against a local server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bot.clients.openai import OpenAIModel
from bot.clients.patience import asked_pause, own_pause
from bot.clients.photo_tests import OpenAIPhotoReader
from bot.clients.question_writer import StructuredModel
from bot.clients.speech import OpenAITranscriber
from db.engine import Pool
from db.unit_of_work import Database
from domain.language import Language
from domain.quizzes.generation_ports import Prompt
from domain.quizzes.importing.photo import PhotoUnread
from domain.tutor.errors import ModelBusy, ModelError, ModelRefused, ModelResting, ModelSpent, ModelUnavailable
from domain.tutor.metered import Fuse, MeteredModel
from domain.tutor.model import ChatMessage
from domain.tutor.turns import Heard
from domain.usage.breaker import FAILURES, FIRST_REST
from domain.usage.meter import Meter
from domain.usage.model import Budgets, Feature, Limit, Payer, Price
from domain.usage.payer import paid_by
from domain.users.model import UserId
from tests.bot.quizzes.test_photo_reader import GOOD, PHOTO, replies
from tests.bot.tutor.fake_openai import (
    FakeOpenAI,
    dies_after,
    fake_openai,
    hears,
    hears_nothing_of,
    refuses,
    says,
    will_not_hear,
    writes_forever,
)
from tests.db.tutor_world import World

QUESTION: list[ChatMessage] = [{"role": "user", "content": "Why is the sky blue?"}]
PRICES = {
    "small": Price(tokens_in=Decimal(1), tokens_out=Decimal(2)),
    "ears": Price(minute=Decimal("0.6")),
}


@dataclass
class Clock:
    now: datetime = datetime(2026, 12, 1, 7, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Bench:
    """A metered server with one person who pays."""

    server: FakeOpenAI
    model: MeteredModel
    bare: OpenAIModel
    fuse: Fuse
    pool: Pool
    clock: Clock
    user_id: UserId
    database: Database

    def bounded(self, limit: Limit) -> Fuse:
        meter = Meter(
            begin=self.database.begin,
            now=self.clock,
            budgets=Budgets(person_day=limit),
            prices=PRICES,
            timezone="Asia/Tashkent",
        )
        return Fuse(meter, self.clock)

    async def ask(self, model: MeteredModel | None = None, *, pieces: int | None = None) -> str:
        text, count = "", 0
        with paid_by(Payer(feature=Feature.TUTOR, user_id=self.user_id)):
            async with aclosing((model or self.model).stream(QUESTION, 300)) as chunks:
                async for chunk in chunks:
                    text += chunk.text
                    count += 1
                    if count == pieces:
                        break
        return text

    async def calls(self) -> list[tuple[str, int, int, bool]]:
        rows = await self.pool.fetch(
            "select outcome, tokens_in, tokens_out, is_counted from model_calls where user_id = $1 order by id",
            self.user_id,
        )
        return [tuple(row) for row in rows]


@pytest.fixture(scope="module")
def world(pool: Pool) -> World:
    return World(pool)


@pytest.fixture
async def bench(pool: Pool, world: World) -> AsyncIterator[Bench]:
    database, clock = Database(pool), Clock()
    meter = Meter(begin=database.begin, now=clock, budgets=Budgets(), prices=PRICES, timezone="Asia/Tashkent")
    async with fake_openai() as server:
        bare = OpenAIModel(model="small", base_url=server.url, silence_seconds=0.5, first_pause=0.01)
        fuse = Fuse(meter, clock)
        yield Bench(server, MeteredModel(bare, fuse), bare, fuse, pool, clock, await world.user(), database)
        await bare.close()


async def test_what_the_server_counts_is_entered(bench: Bench) -> None:
    bench.server.will(says("Blue", " light", tokens=(11, 7)))

    assert await bench.ask() == "Blue light"
    assert await bench.calls() == [("done", 11, 7, True)]


async def test_without_counts_a_careful_guess_is_entered(bench: Bench) -> None:
    bench.server.will(says("Blue light", tokens=None))
    await bench.ask()

    assert await bench.calls() == [("done", 10, 5, False)]


async def test_what_was_stopped_counts_as_far_as_it_came(bench: Bench) -> None:
    bench.server.will(writes_forever())
    await bench.ask(pieces=3)

    [(outcome, tokens_in, tokens_out, is_counted)] = await bench.calls()
    assert (outcome, tokens_in, is_counted) == ("stopped", 10, False)
    assert 0 < tokens_out <= 300


async def test_a_refused_call_costs_nothing_and_a_broken_one_what_came(bench: Bench) -> None:
    for plan, error in ((refuses(401), ModelUnavailable), (refuses(429, code="x"), ModelBusy)):
        bench.server.will(plan)
        with pytest.raises(error):
            await bench.ask()
    bench.server.will(dies_after("Blue light"))
    with pytest.raises(ModelError):
        await bench.ask()

    assert [call[:3] for call in await bench.calls()] == [("failed", 0, 0), ("busy", 0, 0), ("failed", 10, 5)]


async def test_a_spent_purse_is_told_before_the_server_is_asked(bench: Bench) -> None:
    bench.server.will(says("Blue", tokens=(11, 7)))
    model = MeteredModel(bench.bare, bench.bounded(Limit(tokens=320)))
    await bench.ask(model)

    with pytest.raises(ModelSpent) as refused:
        await bench.ask(model)

    assert len(bench.server.asks) == 1
    assert refused.value.until > bench.clock.now


@pytest.mark.parametrize("parallel", [100])
async def test_a_hundred_questions_at_once_pass_the_cap_by_nothing(bench: Bench, parallel: int) -> None:
    """AI-9: each may cost 310 tokens, and costs them; there is room for three."""
    bench.server.will(says("Blue", tokens=(10, 300)))
    model = MeteredModel(bench.bare, bench.bounded(Limit(tokens=1_000)))

    done = await asyncio.gather(*(bench.ask(model) for _ in range(parallel)), return_exceptions=True)

    assert sum(isinstance(one, str) for one in done) == 3
    assert all(isinstance(one, str | ModelSpent) for one in done)
    assert len(bench.server.asks) == 3


async def test_a_server_that_fails_again_and_again_is_left_alone_and_then_tried_by_one(bench: Bench) -> None:
    bench.server.will(refuses(401))
    for _ in range(FAILURES):
        with pytest.raises(ModelUnavailable):
            await bench.ask()
    with pytest.raises(ModelResting) as resting:
        await bench.ask()
    assert len(bench.server.asks) == FAILURES
    assert resting.value.until == bench.clock.now + FIRST_REST

    bench.clock.now += FIRST_REST
    bench.server.will(says("Back"))
    done = await asyncio.gather(*(bench.ask() for _ in range(5)), return_exceptions=True)

    assert sum(one == "Back" for one in done) == 1
    assert sum(isinstance(one, ModelResting) for one in done) == 4
    assert await bench.ask() == "Back"


async def test_a_long_retry_after_is_kept_to(bench: Bench) -> None:
    bench.server.will(refuses(429, retry_after="90"))
    with pytest.raises(ModelBusy) as busy:
        await bench.ask()
    with pytest.raises(ModelResting) as resting:
        await bench.ask()

    assert busy.value.seconds == 90
    assert resting.value.until == bench.clock.now + timedelta(seconds=90)


async def test_a_refusal_shows_that_the_server_is_well(bench: Bench) -> None:
    bench.server.will(refuses(400, code="content_filter"))
    for _ in range(FAILURES + 1):
        with pytest.raises(ModelRefused):
            await bench.ask()

    assert {call[0] for call in await bench.calls()} == {"refused"}


async def test_the_writer_of_questions_goes_through_the_same_door(bench: Bench) -> None:
    bench.server.will(says("{}", tokens=(20, 2)))
    with paid_by(Payer(feature=Feature.QUESTIONS, user_id=bench.user_id)):
        await StructuredModel(bench.model).ask(Prompt(messages=tuple(QUESTION), schema={}, max_tokens=50))

    assert await bench.calls() == [("done", 20, 2, True)]


async def test_the_reader_of_photos_goes_through_the_same_door(bench: Bench) -> None:
    reader = OpenAIPhotoReader(model="small", base_url=bench.server.url, first_pause=0.01, fuse=bench.fuse)
    bench.server.will(replies(GOOD))
    with paid_by(Payer(feature=Feature.PHOTOS, user_id=bench.user_id)):
        await reader.read(PHOTO, "image/png", Language.UZ)
        bench.server.will(refuses(401))
        with pytest.raises(PhotoUnread):
            await reader.read(PHOTO, "image/png", Language.UZ)

    [read, failed] = await bench.calls()
    assert (read[0], read[3]) == ("done", False)
    assert read[1] > 2_000
    assert failed[:3] == ("failed", 0, 0)


def ears(bench: Bench) -> OpenAITranscriber:
    return OpenAITranscriber(model="ears", fuse=bench.fuse, base_url=bench.server.url, first_pause=0.01)


async def test_speech_is_paid_by_the_second_and_its_confidence_is_told(bench: Bench) -> None:
    bench.server.will_hear(hears("Salom", logprob=-0.5))
    with paid_by(Payer(feature=Feature.SPEECH, user_id=bench.user_id)):
        heard = await ears(bench).transcribe(b"sound", seconds=30, language=Language.UZ)

    assert heard.text == "Salom"
    assert heard.confidence == pytest.approx(0.6065, abs=0.001)
    micros = await bench.pool.fetchval("select micros from model_calls where user_id = $1", bench.user_id)
    assert micros == 300_000


async def test_a_server_that_knows_less_is_asked_for_less(bench: Bench) -> None:
    bench.server.will_hear(hears_nothing_of("language", hears_nothing_of("verbose_json", hears("Salom"))))
    listener = ears(bench)

    assert await listener.transcribe(b"sound", seconds=3, language=Language.UZ) == Heard(text="Salom")
    asked = len(bench.server.recordings)
    await listener.transcribe(b"sound", seconds=3, language=Language.UZ)
    assert len(bench.server.recordings) == asked + 1


@pytest.mark.parametrize(("status", "error"), [(400, ModelRefused), (413, ModelRefused), (401, ModelUnavailable)])
async def test_what_cannot_be_read_is_refused_at_once(bench: Bench, status: int, error: type[ModelError]) -> None:
    bench.server.will_hear(will_not_hear(status))

    with pytest.raises(error):
        await ears(bench).transcribe(b"sound", seconds=3, language=Language.UZ)
    assert len(bench.server.recordings) == 1


async def test_a_busy_listener_is_asked_again_after_the_pause_that_it_asks_for(bench: Bench) -> None:
    bench.server.will_hear(will_not_hear(429, retry_after="0.01"), will_not_hear(503), hears("Salom"))

    assert (await ears(bench).transcribe(b"sound", seconds=3, language=Language.UZ)).text == "Salom"
    assert len(bench.server.recordings) == 3


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.05),
        ("-3", 0.05),
        ("Tue, 01 Dec 2026 07:01:00 GMT", 60.0),
        ("Tue, 01 Dec 2026 06:00:00 GMT", 0.05),
        ("", None),
        ("soon", None),
        ("nan", None),
        ("inf", None),
    ],
)
def test_a_pause_is_read_as_a_number_or_as_a_date(header: str, seconds: float | None) -> None:
    assert asked_pause({"retry-after": header}, datetime(2026, 12, 1, 7, tzinfo=UTC)) == seconds


def test_own_pauses_grow_and_differ() -> None:
    pauses = [own_pause(1.0, 3) for _ in range(50)]

    assert all(2.0 <= pause <= 4.0 for pause in pauses)
    assert len(set(pauses)) > 1
