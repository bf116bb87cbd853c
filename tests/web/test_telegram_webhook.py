"""SEC-1, SEC-2, DEL-6: who may post to the webhook, and what a body may be."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest
from aiohttp.test_utils import unused_port
from pydantic import SecretStr

from bot.intake.intake import Intake
from bot.web.app import WebServer
from bot.web.telegram import HEADER, telegram_handler
from tests.bot.intake.fakes import FakeInbox, Table

SECRET = "the-exact-secret-of-the-webhook"
UPDATE = b'{"update_id": 7, "message": {"from": {"id": 5}}}'


@dataclass
class Post:
    """The webhook on a real web server, and what it has kept."""

    port: int
    table: Table
    inbox: FakeInbox

    async def send(self, body: bytes, *headers: tuple[str, bytes], path: bytes = b"/telegram") -> int:
        """The answer's status to a request that is written byte by byte, so that nothing is tidied on the way."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        lines = [b"POST " + path + b" HTTP/1.1", b"Host: x", b"Connection: close", b"Content-Length: %d" % len(body)]
        lines += [name.encode() + b": " + value for name, value in headers]
        writer.write(b"\r\n".join(lines) + b"\r\n\r\n" + body)
        await writer.drain()
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
        return int(answer.split(b" ")[1])

    async def update(self, body: bytes) -> int:
        return await self.send(body, (HEADER, SECRET.encode()))


@pytest.fixture
async def post() -> AsyncIterator[Post]:
    table, port = Table(), unused_port()
    inbox = FakeInbox(table)
    intake = Intake(inbox, None)
    await intake.start()
    server = WebServer("127.0.0.1", port)
    server.post("/telegram", telegram_handler(intake, SecretStr(SECRET)))
    await server.start()
    yield Post(port, table, inbox)
    await server.close()
    await intake.close(0.1)


async def test_with_the_exact_secret_the_update_is_kept(post: Post) -> None:
    """SEC-1."""
    assert await post.update(UPDATE) == 200
    assert post.table.rows[7].user_id == 5


WRONG = [
    b"", b" ", b"0", b"null", b"None", b"undefined", b"true", b"*", b"%00", b"secret", b"Bearer " + SECRET.encode(),
    b"Basic " + SECRET.encode(), SECRET.encode()[:-1], SECRET.encode() + b"x", b"x" + SECRET.encode(),
    SECRET.upper().encode(), SECRET.title().encode(), SECRET.swapcase().encode(), SECRET[::-1].encode(),
    SECRET.encode() * 2, SECRET.encode() + b"," + SECRET.encode(), SECRET.encode() + b";",
    b'"' + SECRET.encode() + b'"',
    b"'" + SECRET.encode() + b"'", b"<" + SECRET.encode() + b">", SECRET.replace("-", "_").encode(),
    SECRET.replace("-", "").encode(), SECRET.replace("e", "е").encode(), SECRET.encode("utf-16"),
    SECRET.encode() + "\u200b".encode(), SECRET.encode() + b"\xff", SECRET.encode() + b"\xa0", "секрет".encode(),
    "maxfiy so‘z".encode(), "🔑".encode(), b"\xff\xfe\xfd", b"\xc3\x28", b"\xed\xa0\x80", b"\x80" * 100, b"a" * 8000,
    "İ".encode(), "ﬁ".encode(), SECRET.encode() + b"%20", SECRET.encode() + b"+", b"=" + SECRET.encode(),
    b"token=" + SECRET.encode(), b"{" + SECRET.encode() + b"}", b"[]", b"${SECRET}", b"../" + SECRET.encode(),
]  # fmt: skip


@pytest.mark.parametrize("value", WRONG, ids=range(len(WRONG)))
async def test_no_other_value_of_the_header_is_accepted(post: Post, value: bytes) -> None:
    """SEC-1: fifty of them; never a 5xx, and nothing is stored."""
    status = await post.send(UPDATE, (HEADER, value))

    assert status in (400, 401)
    assert post.table.rows == {}


@pytest.mark.parametrize(
    "headers",
    [
        (),
        (("X-Telegram-Bot-Api-Secret", SECRET.encode()),),
        (("Authorization", SECRET.encode()),),
        (("Cookie", f"{HEADER}={SECRET}".encode()),),
        ((HEADER, b"wrong"), (HEADER, SECRET.encode())),
        (("X-Forwarded-For", b"149.154.167.220"),),
        (("X-Forwarded-For", b"149.154.167.220, 10.0.0.1"), ("X-Real-IP", b"91.108.4.1")),
        (("X-Forwarded-For", b"2001:db8::1"), ("Forwarded", b'for="[2001:67c:4e8::1]"')),
        (("X-Forwarded-For", b"\xff, garbage, 999.999.999.999"), (HEADER, b"wrong")),
        (("Forwarded", b"for=149.154.160.0;by=x"), ("Client-IP", b"149.154.160.1")),
    ],
    ids=range(10),
)
async def test_neither_other_headers_nor_a_claimed_address_replace_the_secret(
    post: Post, headers: tuple[tuple[str, bytes], ...]
) -> None:
    """SEC-1, SEC-2: no address in a header is believed; IPv6 and garbage are harmless."""
    assert await post.send(UPDATE, *headers) == 401
    assert post.table.rows == {}


async def test_a_spoofed_address_does_not_keep_the_right_secret_out(post: Post) -> None:
    """SEC-2."""
    headers = ((HEADER, SECRET.encode()), ("X-Forwarded-For", b"6.6.6.6, ::1, \xff"))

    assert await post.send(UPDATE, *headers) == 200
    assert list(post.table.rows) == [7]


async def test_the_secret_in_the_address_is_not_enough(post: Post) -> None:
    """SEC-1."""
    assert await post.send(UPDATE, path=f"/telegram?secret={SECRET}&{HEADER}={SECRET}".encode()) == 401
    assert post.table.rows == {}


@pytest.mark.parametrize("secret", ["", None])
def test_without_a_secret_there_is_no_webhook(secret: str | None) -> None:
    """SEC-1: the start is refused."""
    with pytest.raises(ValueError, match="secret"):
        telegram_handler(Intake(FakeInbox(Table()), None), SecretStr(secret or ""))


NOT_UPDATES = [
    b"", b" ", b"null", b"true", b"7", b'"text"', b"[]", b"[{}]", b"{}", b"{", b"}", b"\x00", b"\xff\xfe",
    b"update_id=7", b'{"update_id": null}',
    b'{"update_id": "7"}', b'{"update_id": 7.5}', b'{"update_id": true}', b'{"update_id": -1}',
    b'{"update_id": 1e400}', b'{"update_id": NaN}', b'{"update_id": ' + b"9" * 5000 + b"}", b'{"update_id": 7',
    b'{"update_id": 9223372036854775808}', b"[" * 3000 + b"]" * 3000, b'{"a":' * 3000 + b"1" + b"}" * 3000,
    b'{"update_id": 7, "message": ' + b"[" * 3000 + b"]" * 3000 + b"}",
    b'{"update_id": 7, "n": ' + b"9" * 5000 + b"}",
    b"<xml/>", b"\xef\xbb\xbf",
]  # fmt: skip


@pytest.mark.parametrize("body", NOT_UPDATES, ids=range(len(NOT_UPDATES)))
async def test_what_is_no_update_is_acknowledged_and_dropped(post: Post, body: bytes) -> None:
    """DEL-6: a 5xx would bring it back again and again, before everything else that its chat sends."""
    assert await post.update(body) == 200
    assert await post.update(UPDATE) == 200

    assert set(post.table.rows) == {7}
    assert post.table.rows[7].raw == UPDATE or json.loads(post.table.rows[7].raw)["update_id"] == 7


@pytest.mark.parametrize(
    ("body", "user_id"),
    [
        (b'{"update_id": 7, "message": {"from": {"id": 5}, "text": "\\ud800"}}', 5),
        (b'{"update_id": 7, "message": {"from": {"id": 5}, "text": "\\u0000"}}', 5),
        (b'{"update_id": 7, "message": {"from": {"id": 5, "first_name": "\\ud83d"}}}', 5),
        (b'{"update_id": 7, "something_new": {"user": {"id": 5}}}', 5),
        (b'{"update_id": 7, "something_new": {"chat": {"id": 5}}}', 5),
        (b'{"update_id": 7, "something_new": [1, 2]}', 0),
        (b'{"update_id": 7, "message": {"from": {"id": 99999999999999999999}}}', 0),
        (b'{"update_id": 7, "message": {"from": {"id": true}}}', 0),
        (b'{"update_id": 7, "message": {"from": "Ali"}}', 0),
        (b'{"update_id": 7}', 0),
    ],
)
async def test_a_strange_update_is_kept_for_whoever_can_be_read_from_it(post: Post, body: bytes, user_id: int) -> None:
    """DEL-6: what it means is the worker's to find out."""
    assert await post.update(body) == 200
    assert post.table.rows[7].user_id == user_id


async def test_a_body_beyond_any_update_is_dropped(post: Post) -> None:
    """Telegram's updates have 64 KiB at most."""
    huge = b'{"update_id": 7, "x": "' + b"a" * 400_000 + b'"}'

    assert await post.update(huge) == 200
    assert post.table.rows == {}


async def test_while_the_inbox_cannot_be_written_telegram_is_asked_to_come_again(post: Post) -> None:
    """INF-1: the only reason for a 5xx."""
    post.inbox.is_away = True
    url = f"http://127.0.0.1:{post.port}/telegram"
    async with aiohttp.ClientSession() as session:
        async with session.post(url, data=UPDATE, headers={HEADER: SECRET}) as answer:
            assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
        post.inbox.is_away = False
        async with asyncio.timeout(5):
            while True:
                async with session.post(url, data=UPDATE, headers={HEADER: SECRET}) as answer:
                    if answer.status == 200:
                        break
                await asyncio.sleep(0.05)
    assert list(post.table.rows) == [7]


async def test_other_methods_and_paths_are_not_served(post: Post) -> None:
    url = f"http://127.0.0.1:{post.port}"
    async with aiohttp.ClientSession(headers={HEADER: SECRET}) as session:
        for method, path, status in [
            ("GET", "/telegram", 405),
            ("PUT", "/telegram", 405),
            ("POST", "/telegram/x", 404),
        ]:
            async with session.request(method, url + path, data=UPDATE) as answer:
                assert answer.status == status
    assert post.table.rows == {}
