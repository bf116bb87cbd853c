"""Which links a profile takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidInput
from domain.users.profiles import LinkKind, clean_bio, clean_location, clean_skill
from domain.users.social import MAX_URL, clean_link


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        (LinkKind.INSTAGRAM, "@ali.k", "https://instagram.com/ali.k"),
        (LinkKind.INSTAGRAM, "ali_k", "https://instagram.com/ali_k"),
        (LinkKind.INSTAGRAM, "https://WWW.Instagram.com/Ali/?hl=uz", "https://www.instagram.com/Ali/?hl=uz"),
        (LinkKind.YOUTUBE, "youtube.com/@ali", "https://youtube.com/@ali"),
        (LinkKind.GITHUB, "HTTPS://github.com/ali/", "https://github.com/ali"),
        (LinkKind.LINKEDIN, "https://uz.linkedin.com/in/ali", "https://uz.linkedin.com/in/ali"),
        (LinkKind.WEBSITE, "ali.uz", "https://ali.uz"),
        (LinkKind.WEBSITE, "https://ali.uz/blog?x=1#top", "https://ali.uz/blog?x=1#top"),
        (LinkKind.WEBSITE, "https://алі.укр", "https://xn--80aw5f.xn--j1amh"),
    ],
)
def test_a_link_is_kept_with_its_place_and_encryption(kind: LinkKind, typed: str, kept: str) -> None:
    assert clean_link(kind, typed) == kept


@pytest.mark.parametrize(
    ("kind", "typed", "reason"),
    [
        (LinkKind.WEBSITE, "http://ali.uz", "https"),
        (LinkKind.WEBSITE, "javascript:alert(1)", "https"),
        (LinkKind.WEBSITE, "tg://user?id=1", "https"),
        (LinkKind.WEBSITE, "ftp://ali.uz", "https"),
        (LinkKind.INSTAGRAM, "https://instagram.com.evil.uz/ali", "host"),
        (LinkKind.INSTAGRAM, "https://evil.uz/instagram.com/ali", "host"),
        (LinkKind.INSTAGRAM, "https://github.com/ali", "host"),
        (LinkKind.INSTAGRAM, "https://instagram.com@evil.uz/ali", "format"),
        (LinkKind.INSTAGRAM, "https://instagram.com\\@evil.uz/ali", "format"),
        (LinkKind.INSTAGRAM, "instagram.com", "format"),
        (LinkKind.GITHUB, "https://github.com/", "format"),
        (LinkKind.GITHUB, "https://github.com:8443/ali", "format"),
        (LinkKind.GITHUB, "https://gіthub.com/ali", "host"),
        (LinkKind.WEBSITE, "https://localhost/", "format"),
        (LinkKind.WEBSITE, "https://server.local", "format"),
        (LinkKind.WEBSITE, "https://127.0.0.1", "format"),
        (LinkKind.WEBSITE, "https://[::1]/", "format"),
        (LinkKind.WEBSITE, "https://192.168.1.1/admin", "format"),
        (LinkKind.WEBSITE, "https://2130706433/", "format"),
        (LinkKind.WEBSITE, "https://0x7f.1", "format"),
        (LinkKind.WEBSITE, "https://printer.lan", "format"),
        (LinkKind.WEBSITE, "https://user:secret@ali.uz", "format"),
        (LinkKind.WEBSITE, 'https://ali.uz/"><b>', "format"),
        (LinkKind.WEBSITE, "https://ali.uz/\u202egnp.exe", "format"),
        (LinkKind.WEBSITE, "https://ali .uz", "format"),
        (LinkKind.WEBSITE, "", "format"),
        (LinkKind.WEBSITE, "https://ali.uz/" + "x" * MAX_URL, "too_long"),
    ],
)
def test_what_misleads_is_refused_with_a_reason(kind: LinkKind, typed: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        clean_link(kind, typed)

    assert (refusal.value.field, refusal.value.reason) == ("link", reason)


@given(st.sampled_from(LinkKind), st.text() | st.from_regex(r"https?://[a-z0-9.@:\[\]\\/-]{0,40}", fullmatch=True))
def test_a_link_that_is_taken_is_taken_again_as_it_is(kind: LinkKind, typed: str) -> None:
    try:
        kept = clean_link(kind, typed)
    except InvalidInput:
        return

    assert kept.startswith("https://")
    assert not set(kept) & set(' <>"\\\n')
    assert clean_link(kind, kept) == kept


@pytest.mark.parametrize(
    ("clean", "longest"), [(clean_bio, 300), (clean_location, 60), (lambda text: clean_skill(text)[0], 40)]
)
def test_what_is_told_has_letters_and_a_length(clean: object, longest: int) -> None:
    assert callable(clean)
    assert clean(f" {'x' * longest}\u202e ") == "x" * longest
    for wrong in ("", " \u200b ", "x" * (longest + 1)):
        with pytest.raises(InvalidInput):
            clean(wrong)


def test_skills_in_both_alphabets_are_one() -> None:
    assert clean_skill("Алгебра")[1] == clean_skill("ALGEBRA")[1]
