"""A model that looks at pictures of pages, behind a local server."""

from collections.abc import AsyncIterator

import pytest

from bot.clients.openai import OpenAIModel
from bot.clients.page_sight import ModelSight
from domain.materials.ports import Unseen
from tests.bot.tutor.fake_openai import FakeOpenAI, Plan, dies_after, fake_openai, is_silent, refuses, says


@pytest.fixture
async def server() -> AsyncIterator[FakeOpenAI]:
    async with fake_openai() as fake:
        yield fake


def sight_of(server: FakeOpenAI) -> ModelSight:
    def make() -> OpenAIModel:
        return OpenAIModel(
            model="small", api_key="k", base_url=server.url, silence_seconds=0.3, first_pause=0.01
        )  # fmt: skip

    return ModelSight(make)


async def test_a_picture_becomes_the_text_that_is_written_on_it(server: FakeOpenAI) -> None:
    server.will(says("# Kuch\n\n", "F = ma\n"))

    assert await sight_of(server).text_of(b"\x89PNG", "image/png") == "# Kuch\n\nF = ma"
    [shown] = server.asks[0].body["messages"][1]["content"]
    assert shown["image_url"]["url"].startswith("data:image/png;base64,")


@pytest.mark.parametrize("said", ["NOTHING", " NOTHING. ", ""])
async def test_a_picture_without_words_has_no_text(server: FakeOpenAI, said: str) -> None:
    server.will(says(said))

    assert await sight_of(server).text_of(b"\x89PNG", "image/png") == ""


@pytest.mark.parametrize(
    "plan", [refuses(400), is_silent(), dies_after("Yarim"), says("Yarim", finish="length")], ids=str
)
async def test_half_a_page_or_none_is_not_taken_for_a_page(server: FakeOpenAI, plan: Plan) -> None:
    server.will(plan)

    with pytest.raises(Unseen):
        await sight_of(server).text_of(b"\x89PNG", "image/png")
