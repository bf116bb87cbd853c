"""A person with a phone who also sends files, answers messages and takes pictures of the screen; each touch counts."""

import os
import re
from collections.abc import Sequence
from pathlib import Path

from playwright.async_api import BrowserContext, FilePayload, Locator, Request

from domain.language import Language
from tests.bot.users.people import said
from tests.e2e.palette import smaller
from tests.e2e.phone import Phone, Words

FEATURES = Path(__file__).parents[2] / "bot"


class Hand(Phone):
    language = Language.EN
    feature = "courses"
    """Whose `screenshots` the pictures belong to."""
    touches = 0
    typed = 0
    """Taps and messages sent. Choosing files in the phone's own gallery counts once, however many are chosen."""

    @classmethod
    async def of(cls, context: BrowserContext, url: str, language: Language) -> "Hand":
        hand = await cls.open(context, url)
        hand.language = language
        return hand

    @property
    def newest(self) -> Locator:
        """The screen: the last message that has buttons. What is told meanwhile about files may stand below it."""
        return self.page.locator(".message:has([data-testid=inline-button])").last

    def words(self, sentence: str, **values: object) -> str:
        """A sentence of the code, as this person reads it."""
        return re.sub(r"<[^>]+>", "", said(sentence, self.language, **values)).strip()

    async def hears(self, sentence: str, **values: object) -> None:
        """The newest message says this sentence of the code."""
        await self.reads(self.words(sentence, **values))

    async def presses(self, label: str, **values: object) -> None:
        """The button of the newest message with exactly this label of the code."""
        await self.taps(re.compile(f"^{re.escape(self.words(label, **values))}$"))

    async def taps(self, words: Words) -> None:
        await self.fits()
        await super().taps(words)
        self.touches += 1

    async def types(self, text: str) -> None:
        await super().types(text)
        self.touches += 1
        self.typed += 1

    async def sends(self, files: Sequence[FilePayload], *, as_file: bool = True) -> None:
        """By the paper clip: as files, or as photos and videos."""
        await self.page.get_by_test_id("attach").click()
        async with self.page.expect_file_chooser() as choosing:
            await self.page.get_by_test_id("attach-file" if as_file else "attach-photo").click()
        await (await choosing.value).set_files(list(files))
        await self.page.get_by_test_id("confirm").click()
        self.touches += 4

    async def speaks(self, recording: FilePayload) -> None:
        """A browser without a microphone asks for a recording."""
        async with self.page.expect_file_chooser() as choosing:
            await self.page.get_by_test_id("send").click()
        await (await choosing.value).set_files(recording)
        self.touches += 2

    async def makes_a_quiz(self, question: str, options: Sequence[str], right: int, explanation: str) -> None:
        await self.page.get_by_test_id("attach").click()
        await self.page.get_by_test_id("attach-quiz").click()
        await self.page.get_by_test_id("quiz-question").fill(question)
        for number, option in enumerate(options, 1):
            await self.page.get_by_test_id(f"quiz-option-{number}").fill(option)
        await self.page.get_by_test_id(f"quiz-correct-{right}").check()
        await self.page.get_by_test_id("quiz-explanation").fill(explanation)
        await self.page.get_by_test_id("confirm").click()
        self.touches += 6 + len(options)

    async def answers(self, message: Locator, text: str) -> None:
        """A reply, by the menu of the message: from the keyboard, because a video keeps clicks for itself."""
        await message.press("Enter")
        await self.page.get_by_test_id("menu-reply").click()
        self.touches += 2
        await self.types(text)

    async def picture(self, name: str) -> None:
        """Only when pictures are asked for: what the screen shows now, small enough for a page of documentation."""
        if os.environ.get("SCREENSHOTS") != "1":
            return
        await self.page.evaluate("document.activeElement?.blur()")
        await self.page.add_style_tag(content="[data-testid=toast], .day-name { display: none !important }")
        await self.page.evaluate("const s = document.getElementById('scroller'); s.scrollTop = s.scrollHeight")
        shot = await self.page.screenshot(animations="disabled", scale="css")
        album = FEATURES / self.feature / "screenshots"
        album.mkdir(exist_ok=True)
        (album / f"{name}.png").write_bytes(smaller(shot))

    def _note_failure(self, request: Request) -> None:
        """A browser stops loading a video that has gone from the screen; nobody misses it."""
        if request.resource_type != "media" or request.failure != "net::ERR_ABORTED":
            super()._note_failure(request)
