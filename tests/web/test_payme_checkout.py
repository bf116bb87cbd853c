"""Links to Payme's checkout page."""

from base64 import b64decode
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import PaymeEnvironment
from domain.language import Language
from domain.money import MAX_TIYIN, Money
from domain.payments.checkout import Checkout, checkout_token
from domain.payments.model import Order, OrderCode, OrderId
from tests.domain.payments.fakes import ALGEBRA, ALI, NOON, PRICE, offer_of

CHECKOUT = Checkout(merchant_id="587f72c72cac0d162c722ae2", url="https://checkout.paycom.uz")
ORDER = Order(
    id=OrderId(1),
    code=OrderCode("0123456789AB"),
    user_id=ALI,
    product=ALGEBRA,
    course_id=offer_of(ALGEBRA).course_id,
    title=offer_of(ALGEBRA).title,
    price=PRICE,
    created_at=NOON,
    expires_at=NOON,
)


def fields_of(link: str) -> list[str]:
    base, _, token = link.rpartition("/")
    assert base == CHECKOUT.url
    return b64decode(token, validate=True).decode("ascii").split(";")


def test_the_token_is_the_documented_one() -> None:
    token = checkout_token({"m": "587f72c72cac0d162c722ae2", "ac.order_id": "197", "a": "500"})

    assert token == "bT01ODdmNzJjNzJjYWMwZDE2MmM3MjJhZTI7YWMub3JkZXJfaWQ9MTk3O2E9NTAw"


@pytest.mark.parametrize("language", list(Language))
def test_a_link_tells_desk_order_amount_and_language(language: Language) -> None:
    assert fields_of(CHECKOUT.link(ORDER, language)) == [
        "m=587f72c72cac0d162c722ae2",
        "ac.order_id=0123456789AB",
        "a=15000000",
        f"l={language.value}",
    ]


@pytest.mark.parametrize("host", ["https://checkout.paycom.uz", "https://test.paycom.uz"])
@pytest.mark.parametrize("end", ["", "/"])
def test_the_operator_chooses_between_paymes_page_and_its_test_page(
    host: str, end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAYME_CHECKOUT_URL", host + end)
    url = PaymeEnvironment().payme_checkout_url

    link = replace(CHECKOUT, url=url).link(ORDER, Language.RU, "https://t.me/ustoz_bot?start=o_0123456789AB")

    base, _, token = link.rpartition("/")
    assert base == host
    assert b64decode(token).endswith(b";c=https://t.me/ustoz_bot?start=o_0123456789AB")


@given(
    st.integers(1, MAX_TIYIN),
    st.from_regex(r"[A-Za-z][A-Za-z0-9_]{4,31}", fullmatch=True),
    st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True),
    st.sampled_from(list(Language)),
)
def test_a_link_stays_one_segment_of_a_path_whatever_stands_in_it(
    tiyin: int, bot: str, merchant: str, language: Language
) -> None:
    order = replace(ORDER, price=Money(tiyin))
    back = f"https://t.me/{bot}?start=o_{order.code}"

    link = replace(CHECKOUT, merchant_id=merchant).link(order, language, back)

    assert fields_of(link)[-1] == f"c={back}"
    assert f"a={tiyin}" in fields_of(link)


@pytest.mark.parametrize("back", ["https://example.org/?a=1;b=2", "https://пример.uz/"])
def test_a_return_link_that_the_format_cannot_carry_is_refused(back: str) -> None:
    with pytest.raises(ValueError, match="semicolon"):
        CHECKOUT.link(ORDER, Language.UZ, back)
