"""Moments as teachers type them."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.courses.moments import MORNING, YEARS_AHEAD, parse_moment
from domain.errors import InvalidInput

TASHKENT = ZoneInfo("Asia/Tashkent")
NOW = datetime(2026, 11, 30, 15, 30, tzinfo=UTC)
"""20:30 in Tashkent."""

MONTHS = (
    "yanvar fevral mart aprel may iyun iyul avgust sentabr oktabr noyabr dekabr",
    "январ феврал март апрел май июн июл август сентябр октябр ноябр декабр",
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "January February March April May June July August September October November December",
    "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
)
FRAGMENTS = "5 12 2026 31 99 . : / - t at soat dekabr may ertaga tomorrow 09:00 5.12 g да в"


def local(*fields: int) -> datetime:
    return datetime(*fields, tzinfo=TASHKENT)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("5.12 09:00", local(2026, 12, 5, 9)),
        ("05/12 9:00", local(2026, 12, 5, 9)),
        ("5.12.2026 9.30", local(2026, 12, 5, 9, 30)),
        ("5.12.26 9-30", local(2026, 12, 5, 9, 30)),
        ("2026-12-05T09:00", local(2026, 12, 5, 9)),
        ("2026-12-05 09:00", local(2026, 12, 5, 9)),
        ("5 dekabr 9:00", local(2026, 12, 5, 9)),
        ("5-dekabr kuni soat 9:00 da", local(2026, 12, 5, 9)),
        ("2026-yil 5-dekabr, soat 9 da", local(2026, 12, 5, 9)),
        ("5 декабря в 9:00", local(2026, 12, 5, 9)),
        ("5 декабря 2027 г., 9:00", local(2027, 12, 5, 9)),
        ("5 декабр 9:00", local(2026, 12, 5, 9)),
        ("December 5 at 9", local(2026, 12, 5, 9)),
        ("5th Dec 2026 9:00", local(2026, 12, 5, 9)),
        ("tomorrow 9:00", local(2026, 12, 1, 9)),
        ("ERTAGA 9:00", local(2026, 12, 1, 9)),
        ("эртага 9:00", local(2026, 12, 1, 9)),
        ("завтра в 18:45", local(2026, 12, 1, 18, 45)),
        ("9:00 tomorrow", local(2026, 12, 1, 9)),
        ("indinga 7:05", local(2026, 12, 2, 7, 5)),
        ("day after tomorrow 7:05", local(2026, 12, 2, 7, 5)),
        ("today 23:59", local(2026, 11, 30, 23, 59)),
        ("bugun 21:00", local(2026, 11, 30, 21)),
        ("21:00", local(2026, 11, 30, 21)),
        ("9:00", local(2026, 12, 1, 9)),
        ("tomorrow", local(2026, 12, 1, 9)),
        ("15 yanvar", local(2027, 1, 15, 9)),
        ("29.02 10:00", local(2028, 2, 29, 10)),
        ("５.１２ ０９:００", local(2026, 12, 5, 9)),
    ],
)
def test_every_usual_way_to_write_a_moment_is_understood(text: str, meant: datetime) -> None:
    assert parse_moment(text, NOW, TASHKENT) == meant


@pytest.mark.parametrize(
    "text", ["29.11 09:00", "29.11.2026", "1.8 9:00", "today 20:30", "bugun 9:00", "5.12.2019 9:00", "1 noyabr"]
)
def test_what_is_over_is_refused_as_over(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_moment(text, NOW, TASHKENT)

    assert (refused.value.field, refused.value.reason) == ("moment", "past")


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "soon", "5", "5.13 9:00", "31.11 9:00", "5.12 25:00", "5.12 9:60", "29.02.2027 9:00", "5.12.9999",
        "0000-01-01", "5.12 9:00 9:00", "5.12 9:00:30", "marvel 5", "<b>5.12</b> 9:00", "٥.١٢ ٠٩:٠٠", "9",
        "12.5.7 9:00", "5.12 9:00" + " " * 60, "5" * 5000,
    ],
)  # fmt: skip
def test_what_names_no_moment_is_refused_as_such(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_moment(text, NOW, TASHKENT)

    assert (refused.value.field, refused.value.reason) == ("moment", "format")


def test_a_day_without_a_year_that_is_half_a_year_gone_is_next_years() -> None:
    assert parse_moment("1.3 10:00", NOW, TASHKENT) == local(2027, 3, 1, 10)


def test_the_hour_is_that_of_the_writer() -> None:
    assert parse_moment("5.12 9:00", NOW, ZoneInfo("America/New_York")) == datetime(2026, 12, 5, 14, tzinfo=UTC)
    assert parse_moment("tomorrow 9:00", NOW, ZoneInfo("Pacific/Auckland")) == datetime(2026, 12, 1, 20, tzinfo=UTC)


def test_an_hour_that_summer_time_leaves_out_is_the_one_after_it() -> None:
    assert parse_moment("28.3.2027 2:30", NOW, ZoneInfo("Europe/Berlin")) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


moments_ahead = st.datetimes(
    min_value=local(2026, 12, 2).replace(tzinfo=None),
    max_value=local(2026 + YEARS_AHEAD, 11, 30).replace(tzinfo=None),
    timezones=st.just(TASHKENT),
).map(lambda moment: moment.replace(second=0, microsecond=0))


@given(moments_ahead, st.sampled_from(MONTHS))
def test_a_moment_written_in_any_way_is_read_back(moment: datetime, months: str) -> None:
    month = months.split()[moment.month - 1]
    hour = f"{moment.hour}:{moment.minute:02}"
    spellings = (
        f"{moment.day}.{moment.month}.{moment.year} {hour}",
        f"{moment:%d/%m/%Y %H.%M}",
        f"{moment.isoformat()[:16]}",
        f"{moment.day} {month} {moment.year} {hour}",
        f"{moment.day}-{month.upper()} {moment.year}-yil soat {hour}da",
        f"{month} {moment.day}, {moment.year} at {hour}",
        f"{hour} {moment.day} {month} {moment.year}",
    )

    assert {parse_moment(spelling, NOW, TASHKENT) for spelling in spellings} == {moment}


@given(st.timedeltas(min_value=timedelta(days=2), max_value=timedelta(days=180)))
def test_half_a_year_ahead_needs_no_year(ahead: timedelta) -> None:
    moment = (NOW + ahead).astimezone(TASHKENT).replace(second=0, microsecond=0)

    assert parse_moment(f"{moment:%d.%m %H:%M}", NOW, TASHKENT) == moment
    assert parse_moment(f"{moment:%d.%m}", NOW, TASHKENT) == datetime.combine(moment.date(), MORNING, TASHKENT)


@given(st.times())
def test_an_hour_alone_comes_within_a_day(hour: time) -> None:
    moment = parse_moment(f"{hour:%H:%M}", NOW, TASHKENT)

    assert timedelta() < moment - NOW <= timedelta(days=1)


@given(
    st.one_of(
        st.text(max_size=80),
        st.text(alphabet="0123456789.:/- ", max_size=20),
        st.lists(st.sampled_from(FRAGMENTS.split()), max_size=6).map(" ".join),
    ),
    st.sampled_from(["Asia/Tashkent", "America/New_York", "Pacific/Apia"]),
)
def test_whatever_is_typed_is_a_moment_to_come_or_a_reason(text: str, zone: str) -> None:
    try:
        moment = parse_moment(text, NOW, ZoneInfo(zone))
    except InvalidInput as error:
        outcome = error.reason
    else:
        outcome = "moment" if moment > NOW and moment.tzinfo is UTC else "nonsense"

    assert outcome in ("moment", "format", "past")
