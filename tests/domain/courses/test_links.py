"""What a link is, which addresses are refused, and how long things take. Nothing here ever asks the network."""

import socket
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.courses.links import link_of, parse_duration
from domain.courses.model import Link, PartKind
from domain.courses.timing import part_seconds, reading_seconds
from domain.errors import InvalidInput
from domain.language import Language, Text


@pytest.mark.parametrize(
    ("url", "provider", "video"),
    [
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=10", "YouTube", "dQw4w9WgXcQ"),
        ("https://youtu.be/dQw4w9WgXcQ?si=1", "YouTube", "dQw4w9WgXcQ"),
        ("HTTPS://M.YouTube.com/shorts/dQw4w9WgXcQ", "YouTube", "dQw4w9WgXcQ"),
        ("https://youtube.com/live/dQw4w9WgXcQ", "YouTube", "dQw4w9WgXcQ"),
        ("https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ", "YouTube", "dQw4w9WgXcQ"),
        ("https://youtube.com/@ustoz", "YouTube", None),
        ("https://youtube.com/watch?v=../../etc", "YouTube", None),
        ("https://vimeo.com/76979871", "Vimeo", None),
        ("https://player.vimeo.com/video/76979871", "Vimeo", None),
        ("https://rutube.ru/video/0123456789abcdef/", "Rutube", None),
        ("https://vk.com/video-1_2", "VK", None),
        ("https://vkvideo.ru/video-1_2", "VK", None),
        ("https://t.me/ustoz/15", "Telegram", None),
        ("https://www.example.org/a?b=c#d", "example.org", None),
        ("http://example.org:8080/", "example.org", None),
        ("https://notyoutube.com/watch?v=dQw4w9WgXcQ", "notyoutube.com", None),
        ("https://youtube.com.evil.org/watch?v=dQw4w9WgXcQ", "youtube.com.evil.org", None),
        ("https://8.8.8.8/video", "8.8.8.8", None),
        ("https://учитель.рф/урок", "учитель.рф", None),
    ],
)
def test_a_link_is_known_by_its_letters(url: str, provider: str, video: str | None) -> None:
    link = link_of(f"  {url}\n")

    thumbnail = f"https://img.youtube.com/vi/{video}/hqdefault.jpg" if video else None
    assert link == Link(url=url, provider=provider, thumbnail_url=thumbnail)


@pytest.mark.parametrize(
    "text",
    ["", "salom", "https", "https:/x.org", "ftp://example.org/a", "javascript:alert(1)", "tg://resolve?domain=x",
     "Look: https://example.org", "https://example.org and more", "file:///etc/passwd", "example.org", "//example.org"],
)  # fmt: skip
def test_any_other_text_is_no_link(text: str) -> None:
    assert link_of(text) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost/", "http://localhost.:8080/", "http://LOCALHOST", "http://api.localhost/", "http://127.0.0.1",
        "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0x7f.0.0.1/", "http://0177.0.0.1/",
        "http://0/", "http://0.0.0.0/", "http://10.0.0.1/", "http://172.16.5.4/", "http://192.168.1.1/admin",
        "http://169.254.169.254/latest/meta-data/", "http://100.64.0.1/", "http://224.0.0.1/", "http://[::1]/",
        "http://[::]/", "http://[fe80::1]/", "http://[fd00::1]/", "http://[::ffff:127.0.0.1]/",
        "http://[2002:7f00:1::]/", "http://１２７.0.0.1/", "http://127。0。0。1/", "http://router/", "http://nas.local/",
        "http://db.internal/", "http://metadata.google.internal/", "http://printer.lan/", "http://255.255.255.255/",
    ],
)  # fmt: skip
def test_an_address_of_somebodys_own_network_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        link_of(url)
    assert (refused.value.field, refused.value.reason) == ("link", "private")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://ali:secret@example.org/", "credentials"),
        ("https://youtube.com@evil.org/", "credentials"),
        ("https://@example.org/", "credentials"),
        ("https://example.org/" + "a" * 2048, "too_long"),
        ("https://", "format"),
        ("https://exa<mple.org/", "format"),
        ("https://example.org/>x", "format"),
        ("https://example.org/\\evil", "format"),
        ("https://example.org:99999/", "format"),
        ("https://[::1/", "format"),
        ("https://example.org/\u202egnp.exe", "format"),
        ("https://-x-.org/", "format"),
        ("https://example..org/", "format"),
    ],
)
def test_a_link_that_would_mislead_is_refused_with_its_reason(url: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        link_of(url)
    assert refused.value.reason == reason


@given(st.text(max_size=80), st.sampled_from(["", "http://", "https://", "HTTP://", "https://youtu.be/"]))
def test_whatever_is_sent_is_a_link_a_text_or_refused(text: str, start: str) -> None:
    link = None
    with suppress(InvalidInput):
        link = link_of(start + text)
    if link is not None:
        assert not set(link.url) & set(" \n\t<>\"'\\") - {"'"}
        assert link.provider
        assert "@" not in link.url.split("/")[2]
        assert (
            link.thumbnail_url is None
            or len(link.thumbnail_url) == len("https://img.youtube.com/vi//hqdefault.jpg") + 11
        )


def test_no_link_makes_a_request(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_anything: object, **_more: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)

    assert link_of("https://example.org/video.m3u8") is not None
    assert link_of("https://youtu.be/dQw4w9WgXcQ") is not None


@pytest.mark.parametrize(
    ("typed", "seconds"), [("12:40", 760), (" 0:30 ", 30), ("1:02:03", 3723), ("90:00", 5400), ("24:00:00", 86_400)]
)
def test_a_duration_is_typed_as_players_show_it(typed: str, seconds: int) -> None:
    assert parse_duration(typed) == seconds


@pytest.mark.parametrize(
    "typed", ["", "12", "12:60", "1:60:00", "0:00", "-1:00", "12:4", "a:bc", "12:40:", "٣:٤٠", "25:00:00"]
)
def test_anything_else_is_no_duration(typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_duration(typed)
    assert refused.value.field == "duration"


@given(st.integers(1, 86_400))
def test_every_duration_reads_back(seconds: int) -> None:
    assert parse_duration(f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}") == seconds


def test_reading_takes_a_minute_for_two_hundred_words() -> None:
    assert reading_seconds(Text({Language.UZ: "bir"})) == 30
    assert reading_seconds(Text({Language.UZ: "so‘z " * 400})) == 120
    assert reading_seconds(Text({Language.UZ: "so‘z", Language.RU: "слово " * 1000})) == 300
    assert part_seconds(PartKind.PHOTO, Text({Language.UZ: "so‘z " * 400}), None, None) == 0
