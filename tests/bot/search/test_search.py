"""Searching in the chat, and sharing what was found into other chats."""

from bot.sandbox.client import Message, SandboxUser
from tests.centre import Centre


async def say(centre: Centre, person: SandboxUser, text: str) -> Message:
    await person.type(text)
    await centre.settle(person)
    return await person.last_message()


def labels(message: Message) -> list[str]:
    return [button.text for button in message.buttons]


async def test_a_misspelt_cyrillic_word_finds_its_course_and_says_what_it_took_it_for(centre: Centre) -> None:
    ali = await centre.student("uz")

    found = await say(centre, ali, "/search квадрат тинглама")

    assert any("Kvadrat tenglamalar" in text for text in labels(found))
    assert "tenglama" in found.text


async def test_typing_in_the_catalogue_searches_and_typing_again_searches_anew(centre: Centre) -> None:
    ali = await centre.student()
    await ali.press("Catalogue")
    await centre.settle(ali)

    first = await say(centre, ali, "percents")
    second = await say(centre, ali, "tenses")

    assert any("Percentages" in text for text in labels(first))
    assert any("English tenses" in text for text in labels(second))
    assert not any("Percentages" in text for text in labels(second))


async def test_learn_with_words_searches_at_once(centre: Centre) -> None:
    ali = await centre.student("ru")

    assert any("Проценты" in text for text in labels(await say(centre, ali, "/learn процентов")))


async def test_a_locked_lesson_is_found_shows_its_lock_and_leads_to_its_course(centre: Centre) -> None:
    ali = await centre.student()
    found = await say(centre, ali, "/search Vieta's theorem")
    line = next(text for text in labels(found) if "Vieta" in text)
    assert line.startswith("🔒")

    await ali.tap(line)
    await centre.settle(ali)

    card = await ali.last_message()
    assert "Mathematics › Quadratic equations and the parabola" in card.text
    assert any("Buy" in text for text in labels(card))


async def test_an_open_lesson_is_read_at_once(centre: Centre) -> None:
    ali = await centre.student()
    await say(centre, ali, "/search what is a percent")

    await ali.tap("📄 What is a percent?")
    await centre.settle(ali)

    assert "What is a percent?" in (await ali.last_message()).text
    assert any("Done" in text for text in labels(await ali.last_message()))


async def test_nothing_found_shows_a_way_on(centre: Centre) -> None:
    ali = await centre.student()

    for words in ("qwrtzpsdf", "!!! ???", "\u202e\u200b", "<qzx>" * 100, "'; drop qzxtable; --", "&|!():*<->\\'"):
        found = await say(centre, ali, f"/search {words}")
        assert "Nothing found" in found.text or "What would you like to learn" in found.text, words
        assert any("Catalogue" in text for text in labels(found))


async def test_search_without_words_asks_for_them(centre: Centre) -> None:
    ali = await centre.student()

    asked = await say(centre, ali, "/search")
    found = await say(centre, ali, "parabola")

    assert "What would you like to learn?" in asked.text
    assert any("parabola" in text for text in labels(found))


async def test_a_draft_is_found_by_nobody(centre: Centre) -> None:
    await centre.pool.execute(
        """
        insert into courses (code, category_id, owner_id, language, title, sale, status, search, created_at)
        select 'HIDDEN', min(id), 2001, 'en', '{"en": "Xylophone for insiders"}', 'free', 'draft', '', now()
        from categories on conflict do nothing
        """
    )
    ali = await centre.student()

    found = await say(centre, ali, "/search xylophone")
    elsewhere = await ali.inline("xylophone")

    assert "Nothing found" in found.text
    assert elsewhere.results == []


async def test_a_course_is_shared_into_another_chat_as_a_card_with_a_link(centre: Centre) -> None:
    ali = await centre.student()

    found = await ali.inline("foizlar")
    card = await found.choose(0)
    await centre.settle(ali)

    assert found.results[0].title == "Foizlar va proporsiyalar"
    assert card.from_me
    assert card.text.startswith("📚 Foizlar va proporsiyalar")
    assert card.buttons[0].url is not None
    assert card.buttons[0].url.endswith("?start=c_MATH-1")
    opened = await ali.last_message()
    assert "Percentages and proportions" in opened.text
    assert any("Join the course" in text for text in labels(opened))


async def test_what_the_share_button_types_brings_its_course_first(centre: Centre) -> None:
    ali = await centre.student()
    await say(centre, ali, "/start c_MATH-2")
    share = await ali.button("Share")

    found = await ali.inline(share.raw["switch_inline_query"])

    assert found.results[0].title == "Kvadrat tenglamalar va parabola"


async def test_who_has_never_written_may_ask_and_is_not_made_a_user_for_it(centre: Centre) -> None:
    stranger = await centre.person("ru")

    found = await stranger.inline("уравнения")

    assert [result.title for result in found.results] == ["Kvadrat tenglamalar va parabola"]
    assert not await centre.pool.fetchval("select exists (select from users where id = $1)", stranger.id)


async def test_everybody_gets_the_same_answer_so_that_telegram_may_keep_it(centre: Centre) -> None:
    ali, malika = await centre.student("en"), await centre.student("ru")

    answers = [await ali.inline("foiz"), await malika.inline("foiz")]

    assert answers[0].results == answers[1].results
    call = [call for call in centre.sandbox.calls if call.method == "answerInlineQuery"][-1]
    assert call.params["is_personal"] is False
    assert call.params["cache_time"] > 0


async def test_nothing_typed_offers_what_is_popular_and_nothing_found_opens_the_catalogue(centre: Centre) -> None:
    ali = await centre.student()

    popular = await ali.inline("")
    nothing = await ali.inline("qwrtzpsdf")
    garbled = await ali.inline("", offset="p:1:x'; --")

    assert len(popular.results) >= 3
    assert garbled.results == popular.results
    assert nothing.results == []
    assert nothing.button is not None
    await ali.start(nothing.button["start_parameter"])
    await centre.settle(ali)
    assert "Catalogue" in (await ali.last_message()).text
