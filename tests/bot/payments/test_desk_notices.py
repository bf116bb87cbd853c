"""What admins are told about the books and about refunds: in private, and in a chat of their own."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

from aiogram import Bot

from bot.i18n import speaking
from bot.outgoing import Outgoing
from bot.payments.desk_jobs import DeskJobs
from bot.payments.desk_notices import books_differ, refund_to_make
from bot.sender import Fate, Sender
from bot.services import Services
from domain.language import Language
from domain.notifications.model import NoticeData, NoticeKind, NoticeStatus, Notification, NotificationId
from domain.payments.model import OrderCode
from domain.payments.reconciler import Reconciler, notice_data
from domain.payments.reconciliation import Difference, DifferenceKind, Reconciliation, ReconciliationId
from domain.users.model import User
from tests.domain.payments.fakes import ALI, NOON

CHAT = -100_500
NOBODY = cast("User", None)
NOTHING = cast("Services", None)
CODES = [OrderCode(f"{number:012d}") for number in range(7)]
RESULT = Reconciliation(
    id=ReconciliationId(5),
    at=NOON,
    since=NOON - timedelta(days=35),
    until=NOON,
    counted=120,
    tallies=(),
    differences=tuple(Difference(kind=DifferenceKind.NOT_OPENED, code=code) for code in CODES),
    difference_count=7,
)


class FakeBooks:
    def __init__(self) -> None:
        self.runs: list[dict[str, Any]] = []
        self.told_each: list[int] = []

    async def run(self, **wanted: Any) -> Reconciliation:
        self.runs.append(wanted)
        return RESULT

    async def told(self, reconciliation_id: int) -> Reconciliation | None:
        return RESULT if reconciliation_id == RESULT.id else None

    async def tell_each(self, reconciliation_id: int) -> None:
        self.told_each.append(reconciliation_id)


class FakeSender:
    def __init__(self, fate: Fate) -> None:
        self._fate = fate
        self.sent: list[tuple[int, Outgoing]] = []

    async def send(self, chat_id: int, message: Outgoing) -> Fate:
        self.sent.append((chat_id, message))
        return self._fate


class FakeBot:
    async def me(self) -> SimpleNamespace:
        return SimpleNamespace(username="ustoz_bot")


def jobs_of(books: FakeBooks, sender: FakeSender, chat_id: int | None = CHAT) -> DeskJobs:
    return DeskJobs(
        cast("Reconciler", books),
        cast("Bot", FakeBot()),
        cast("Sender", sender),
        admin_chat_id=chat_id,
        language=Language.EN,
    )


def notice(kind: NoticeKind, data: NoticeData) -> Notification:
    return Notification(
        id=NotificationId(1), user_id=ALI, kind=kind, data=data, status=NoticeStatus.QUEUED, created_at=NOON
    )


async def test_the_chat_of_the_admins_gets_codes_and_links_that_work_in_a_group() -> None:
    books, sender = FakeBooks(), FakeSender(Fate.SENT)

    await jobs_of(books, sender).tell_chat({"reconciliation_id": 5})

    ((chat_id, message),) = sender.sent
    assert chat_id == CHAT
    assert "7 differences" in message.text
    urls = [button.url for row in message.buttons for button in row]
    assert urls[0] == "https://t.me/ustoz_bot?start=books_5"
    assert urls[1:] == [f"https://t.me/ustoz_bot?start=d_{code}" for code in CODES[:5]]
    assert books.told_each == []


async def test_when_the_chat_cannot_be_written_to_every_admin_is_told() -> None:
    for fate in (Fate.BLOCKED, Fate.REFUSED):
        books = FakeBooks()

        await jobs_of(books, FakeSender(fate)).tell_chat({"reconciliation_id": 5})

        assert books.told_each == [5]


async def test_the_clocks_job_and_a_persons_ask_for_different_things() -> None:
    books = FakeBooks()
    jobs = jobs_of(books, FakeSender(Fate.SENT))

    await jobs.reconcile({"at": NOON.isoformat()})
    await jobs.reconcile({"asked_by": ALI, "everything": True})

    assert books.runs == [
        {"slot": NOON, "everything": False, "asked_by": None},
        {"slot": None, "everything": True, "asked_by": ALI},
    ]


async def test_an_admin_is_told_how_many_differences_there_are_and_where() -> None:
    with speaking(Language.EN):
        message = await books_differ(notice(NoticeKind.BOOKS_DIFFER, notice_data(RESULT)), NOBODY, NOTHING)

    assert "7 differences" in message.text
    assert len(message.buttons) == 6


async def test_whoever_asked_for_the_comparison_hears_that_the_books_agree() -> None:
    data = {**notice_data(RESULT), "count": 0, "codes": ""}

    with speaking(Language.EN):
        message = await books_differ(notice(NoticeKind.BOOKS_DIFFER, data), NOBODY, NOTHING)

    assert "agree: 120 orders" in message.text
    assert len(message.buttons) == 1


async def test_telegrams_refusal_is_told_with_its_words_as_text() -> None:
    data = {"order_code": CODES[1], "charge_id": "<b>", "stars": 600, "problem": "CHARGE <i>GONE</i>"}

    with speaking(Language.EN):
        message = await refund_to_make(notice(NoticeKind.REFUND_TO_MAKE, data), NOBODY, NOTHING)
        stray = await refund_to_make(notice(NoticeKind.REFUND_TO_MAKE, {**data, "order_code": None}), NOBODY, NOTHING)

    assert "CHARGE &lt;i&gt;GONE&lt;/i&gt;" in message.text
    assert "&lt;b&gt;" in message.text
    assert [button.text for row in message.buttons for button in row] == [f"Open order {CODES[1]}"]
    assert stray.buttons == ()
