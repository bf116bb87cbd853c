"""A person with a phone: reads the chat, taps its buttons, types; and notices what went wrong on the way."""

import re
from typing import Self

from playwright.async_api import BrowserContext, ConsoleMessage, Locator, Page, Request, Response, expect

WIDTH, HEIGHT = 390, 844
PATIENCE = 10_000

Words = str | re.Pattern[str]


class Phone:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        """What a developer would see in red: uncaught errors, console errors, requests that failed."""
        self._watch(page)

    @classmethod
    async def open(cls, context: BrowserContext, url: str) -> Self:
        context.set_default_timeout(PATIENCE)
        phone = cls(await context.new_page())
        await phone.page.goto(url)
        await expect(phone.page.locator("html[data-ready=true]")).to_be_attached()
        return phone

    @property
    def newest(self) -> Locator:
        """The last message of the chat, whoever wrote it."""
        return self.page.locator(".message").last

    async def reads(self, *words: Words) -> None:
        """Wait until the newest message is the bot's and says all of this."""
        for word in words:
            await expect(self.newest).to_contain_text(word, timeout=PATIENCE)
        await expect(self.newest).to_have_attribute("data-from", "bot")

    async def sees(self, words: Words) -> Locator:
        """Wait until some message of the bot, not only the newest, says this."""
        message = self.page.locator('.message[data-from="bot"]').filter(has_text=words).last
        await expect(message).to_be_visible(timeout=PATIENCE)
        return message

    async def taps(self, words: Words) -> None:
        """A button below the newest message, once it is there."""
        await self.newest.get_by_test_id("inline-button").filter(has_text=words).click()

    async def taps_below(self, words: Words) -> None:
        """A button in the place of the phone's keyboard."""
        await self.page.get_by_test_id("reply-button").filter(has_text=words).click()

    async def follows(self, words: Words) -> Page:
        """A button that opens a page of its own."""
        async with self.page.expect_popup() as opening:
            await self.taps(words)
        opened = await opening.value
        self._watch(opened)
        return opened

    async def types(self, text: str) -> None:
        await self.page.get_by_test_id("composer").fill(text)
        await self.page.get_by_test_id("send").click()

    async def fits(self) -> None:
        """Nothing sticks out sideways: neither the page nor a message that is in it."""
        wide = await self.page.evaluate(
            """() => [document.scrollingElement, document.getElementById("scroller")]
                .filter((node) => node.scrollWidth > node.clientWidth)
                .concat([...document.querySelectorAll(".message, .inline-button, .reply-button")]
                    .filter((node) => node.getBoundingClientRect().right > innerWidth))
                .map((node) => `${node.className}: ${node.innerText.slice(0, 60)}`)"""
        )
        assert wide == [], wide

    def _watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))
        page.on("console", self._listen)
        page.on("requestfailed", self._note_failure)
        page.on("response", self._note_refusal)

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"console: {message.text}")

    def _note_failure(self, request: Request) -> None:
        self.complaints.append(f"failed: {request.method} {request.url}: {request.failure}")

    def _note_refusal(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"refused: {response.status} {response.request.method} {response.url}")
