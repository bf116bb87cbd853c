"""Inline mode in a browser: results above the text field while one types, and the chosen one in the chat."""

from playwright.async_api import Browser, expect

from tests.centre import Centre
from tests.e2e.phone import HEIGHT, WIDTH, Phone


async def test_a_course_is_found_by_the_bots_name_and_shared_into_the_chat(centre: Centre, browser: Browser) -> None:
    ali = await centre.student()
    context = await browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, locale="en-GB")
    phone = await Phone.open(context, f"{centre.url}/?persona={ali.id}")
    field, results = phone.page.get_by_test_id("composer"), phone.page.get_by_test_id("inline-result")

    await field.press_sequentially("@ustoz_sandbox_bot foiz")
    await expect(results.first).to_contain_text("Foizlar va proporsiyalar")
    await results.first.click()

    mine = phone.page.locator('.message[data-from="me"]').last
    await expect(mine).to_contain_text("via @ustoz_sandbox_bot")
    await expect(mine).to_contain_text("Foizlar va proporsiyalar")
    await phone.reads("Percentages and proportions")
    await expect(field).to_have_value("")
    await phone.taps("Share")
    await expect(field).to_have_value("@ustoz_sandbox_bot MATH-1")
    await expect(results.first).to_contain_text("Foizlar va proporsiyalar")
    assert phone.complaints == []
    await context.close()
