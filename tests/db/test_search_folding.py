"""The database folds as the program does: what is asked and what is kept are spelt alike."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.engine import Pool
from domain.folding import fold

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCXYZабвгдеёжзийклмнопрстуфхцчшщъыьэюяАБЕЁЙЦЧШЩЮЯўқғҳЎҚҒҲіїє0123456789"
_SIGNS = " -—.,:;!?()«»\"'`´‘’ʻʼ_/\n\t\u200b\u00ad\u0301éüñ"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ўқувчи", "oquvchi"),
        ("O‘QUVCHI o'quvchi oʻquvchi", "oquvchi oquvchi oquvchi"),
        ("Елена объект поезд", "yelena obyekt poyezd"),
        ("Цирк, лекция; ЁЛКА", "sirk, leksiya; yolka"),
        ("café ﬁne ①", "cafe fine 1"),
        ("И\u0306од", "yod"),
    ],
)
async def test_words_of_three_languages_are_folded_alike(pool: Pool, text: str, folded: str) -> None:
    assert fold(text) == folded
    assert await pool.fetchval("select fold_text($1)", text) == folded


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(texts=st.lists(st.text(alphabet=_LETTERS + _SIGNS, max_size=30), min_size=1, max_size=20))
async def test_any_text_is_folded_alike(pool: Pool, texts: list[str]) -> None:
    rows = await pool.fetch(
        "select fold_text(t) as folded from unnest($1::text[]) with ordinality u(t, n) order by n", texts
    )

    assert [row["folded"] for row in rows] == [fold(text) for text in texts]
