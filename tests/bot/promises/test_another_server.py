"""The program on a Bot API server that is not the sandbox, and older: by long polling and by webhook."""

import pytest

from tests.bot.promises.conftest import Stage
from tests.bot.promises.plain_telegram import TOKEN, PlainTelegram


@pytest.mark.parametrize("by_webhook", [False, True], ids=["polling", "webhook"])
async def test_a_lesson_and_its_quiz_work_on_an_old_bot_api_server(stage: Stage, by_webhook: bool) -> None:
    async with PlainTelegram() as telegram:
        program = stage.program(BOT_TOKEN=TOKEN, BOT_API_URL=telegram.url)
        if by_webhook:
            program = stage.program(
                BOT_TOKEN=TOKEN,
                BOT_API_URL=telegram.url,
                WEBHOOK_BASE_URL=stage.balancer.url,
                WEBHOOK_SECRET="a-secret-of-another-server",
            )
            stage.balancer.replicas[:] = [program]
        await program.start()

        await telegram.say("/start c_MATH-1")
        await telegram.sees("Hello! Choose your language")
        await telegram.press("English")
        await telegram.sees("What is your name?")
        await telegram.press("Use")
        await telegram.sees("Your phone number")
        await telegram.press("Skip")
        await telegram.sees("What do you want to learn?", button="Start learning now")
        await telegram.press("Start learning now")
        await telegram.sees("Percentages and proportions", button="1. What is a percent?")
        await telegram.press("1. What is a percent?")
        lesson = await telegram.sees("shop")
        await telegram.sees("1 / 4", button="Take the quiz")
        await telegram.press("Take the quiz")
        await telegram.sees("question", button="Start")
        await telegram.press("Start")
        await telegram.sees("1 / 5")
        await program.terminate()

    assert "<b>What is a percent?</b>" in lesson["text"]
    assert "sendRichMessage" in telegram.unknown
