"""Chunks: nothing is lost, the budget is kept, and each knows its pages and the titles above it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.materials.chunking import SMALLEST, Chunk, chunks_of, tokens_of
from domain.materials.model import Heading, Page

letters = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=400)
_WORDS = ("kvadrat", "tenglama.", "\n\n", "\n", " ", "формула", "x" * 90, "💡" * 30)
words = st.lists(st.sampled_from(_WORDS), max_size=40)


@st.composite
def documents(draw: st.DrawFn) -> list[Page]:
    pages: list[Page] = []
    for number in range(1, draw(st.integers(0, 5)) + 1):
        text = draw(letters | words.map("".join))
        lines = [0, *(place + 1 for place, character in enumerate(text) if character == "\n")]
        headings: list[Heading] = []
        for start in draw(st.lists(st.sampled_from(lines), max_size=3, unique=True)):
            title = text[start:].partition("\n")[0]
            is_line = draw(st.booleans())
            headings.append(Heading(level=draw(st.integers(1, 4)), title=title if is_line else "Bob", start=start))
        pages.append(Page(number=number, text=text, headings=tuple(headings)))
    return pages


def solid(text: str) -> str:
    return "".join(text.split())


@settings(max_examples=150, deadline=None)
@given(documents(), st.integers(SMALLEST, 200))
def test_nothing_is_lost_and_nothing_is_said_twice(pages: list[Page], budget: int) -> None:
    chunks = chunks_of(pages, budget)

    assert solid("".join(chunk.text for chunk in chunks)) == solid("".join(page.text for page in pages))
    assert [chunk.ordinal for chunk in chunks] == list(range(len(chunks)))


@settings(max_examples=150, deadline=None)
@given(documents(), st.integers(SMALLEST, 200))
def test_every_chunk_keeps_the_budget_and_says_something(pages: list[Page], budget: int) -> None:
    for chunk in chunks_of(pages, budget):
        assert tokens_of(chunk.text) <= budget
        assert chunk.text.strip()


@settings(max_examples=150, deadline=None)
@given(documents(), st.integers(SMALLEST, 200))
def test_a_chunk_begins_and_ends_on_the_pages_that_it_names(pages: list[Page], budget: int) -> None:
    texts = {page.number: solid(page.text) for page in pages}
    last = 1
    for chunk in chunks_of(pages, budget):
        assert last <= chunk.first_page <= chunk.last_page
        last = chunk.last_page
        between = "".join(texts[number] for number in range(chunk.first_page, chunk.last_page + 1))
        assert solid(chunk.text) in between


@given(letters, letters)
def test_two_texts_together_never_cost_more_than_each_alone(one: str, other: str) -> None:
    assert tokens_of(one + other) <= tokens_of(one) + tokens_of(other)


def book() -> list[Page]:
    first = "Kvadrat tenglamalar\n\nBu bobda ular yechiladi.\n\nDiskriminant\n\nD = b² − 4ac."
    second = "Agar D < 0 bo‘lsa, yechim yo‘q.\n\nViyet teoremasi\n\nIldizlar yig‘indisi −b/a."
    return [
        Page(
            number=7,
            text=first,
            headings=(
                Heading(level=1, title="Kvadrat tenglamalar", start=0),
                Heading(level=2, title="Diskriminant", start=first.index("Diskriminant")),
            ),
        ),
        Page(number=8, text=second, headings=(Heading(level=2, title="Viyet teoremasi", start=second.index("Viyet")),)),
    ]


def test_a_chunk_begins_at_each_heading_and_carries_the_titles_above_it() -> None:
    chunks = chunks_of(book())

    assert [(chunk.headings, chunk.first_page, chunk.last_page) for chunk in chunks] == [
        (("Kvadrat tenglamalar",), 7, 7),
        (("Kvadrat tenglamalar", "Diskriminant"), 7, 8),
        (("Kvadrat tenglamalar", "Viyet teoremasi"), 8, 8),
    ]
    assert chunks[1].text.startswith("Diskriminant")
    assert chunks[1].text.endswith("yechim yo‘q.")


def test_a_heading_without_a_text_of_its_own_stays_with_the_next_one() -> None:
    page = Page(
        number=1,
        text="Kitob\n\nBirinchi bob\n\nMatn.",
        headings=(Heading(level=1, title="Kitob", start=0), Heading(level=2, title="Birinchi bob", start=7)),
    )

    assert [chunk.text for chunk in chunks_of([page])] == ["Kitob\n\nBirinchi bob\n\nMatn."]


def test_a_chapter_that_is_no_line_of_its_page_is_a_title_all_the_same() -> None:
    pages = [
        Page(number=1, text="Kirish so‘zi."),
        Page(number=2, text="Bu sahifa bobni boshlaydi.", headings=(Heading(level=1, title="2-bob", start=0),)),
    ]

    assert [(chunk.text, chunk.headings) for chunk in chunks_of(pages)] == [
        ("Kirish so‘zi.", ()),
        ("Bu sahifa bobni boshlaydi.", ("2-bob",)),
    ]


def test_sentences_are_kept_whole_where_they_fit() -> None:
    sentence = "Har bir gap butun qoladi, chunki yarmi hech narsani anglatmaydi."
    page = Page(number=1, text=" ".join([sentence] * 40))

    chunks: list[Chunk] = chunks_of([page], 60)

    assert len(chunks) > 10
    assert all(chunk.text.endswith(".") and chunk.text.startswith("Har") for chunk in chunks)


def test_a_budget_that_holds_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="hold nothing"):
        chunks_of([], SMALLEST - 1)
