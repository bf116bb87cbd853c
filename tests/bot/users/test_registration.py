import pytest
from aiogram_dialog.utils import encode_reply_callback

from bot.sandbox import SandboxUser
from domain.courses.model import LessonId
from domain.language import Language
from domain.users.model import Goal, RegistrationStep, UserId
from domain.users.service import UserService
from tests.bot.users.people import buttons, register, said, say, tap, texts

LANGUAGE_QUESTION = "Hello! Choose your language 👇"
NAME_QUESTION = "<b>What is your name?</b>"
PHONE_QUESTION = "📱 <b>Your phone number</b>"
SUBJECTS_QUESTION = "📚 <b>What do you want to learn?</b>"
GOAL_QUESTION = "🎯 <b>What do you learn for?</b>"
MINUTES_QUESTION = "⏱ <b>How many minutes a day will you study?</b>"
QUESTIONS = {
    RegistrationStep.LANGUAGE: LANGUAGE_QUESTION,
    RegistrationStep.NAME: NAME_QUESTION,
    RegistrationStep.PHONE: PHONE_QUESTION,
    RegistrationStep.SUBJECTS: SUBJECTS_QUESTION,
    RegistrationStep.GOAL: GOAL_QUESTION,
    RegistrationStep.MINUTES: MINUTES_QUESTION,
}
WAY = {
    RegistrationStep.LANGUAGE: "en",
    RegistrationStep.NAME: "use_name",
    RegistrationStep.PHONE: "share",
    RegistrationStep.SUBJECTS: "skip",
    RegistrationStep.GOAL: "skip",
    RegistrationStep.MINUTES: "skip",
}


@pytest.mark.parametrize("language", list(Language))
async def test_a_newcomer_answers_everything_in_the_chosen_language(
    newcomer: SandboxUser, users: UserService, language: Language
) -> None:
    await newcomer.start()
    assert said(NAME_QUESTION, language) in (await tap(newcomer, language.value)).text
    assert said(PHONE_QUESTION, language) in (await say(newcomer, "Ali Karimov")).text
    assert said(SUBJECTS_QUESTION, language) in (await tap(newcomer, "share")).text
    chip = next(widget for widget in await buttons(newcomer) if widget.startswith("subject:+"))
    await tap(newcomer, chip)
    assert said(GOAL_QUESTION, language) in (await tap(newcomer, "done")).text
    assert said(MINUTES_QUESTION, language) in (await tap(newcomer, "exam")).text
    await tap(newcomer, "minutes:15")

    user = await users.find(UserId(newcomer.id))
    assert user is not None
    assert user.is_registered
    assert (user.full_name, user.language, user.phone) == ("Ali Karimov", language, "+998901234567")
    assert (user.goal, user.daily_minutes) == (Goal.EXAM, 15)
    assert [f"subject:+{subject}" for subject in await users.subjects_of(user.id)] == [chip]


async def test_the_shortest_way_to_the_first_lesson_takes_at_most_five_taps(
    newcomer: SandboxUser, free_lesson: tuple[LessonId, str]
) -> None:
    taps = await register(newcomer)

    assert taps <= 5
    assert free_lesson[1] in "\n".join(await texts(newcomer))


@pytest.mark.parametrize("message", ["/start", "/menu", "/me", "salom", "/nonsense"])
@pytest.mark.parametrize("step", list(QUESTIONS))
async def test_whatever_somebody_half_registered_writes_they_are_asked_what_is_due(
    newcomer: SandboxUser, users: UserService, step: RegistrationStep, message: str
) -> None:
    """No screen is known to be open, as after a long absence: only their row says where they were."""
    user_id = UserId(newcomer.id)
    await users.arrive(user_id, "Nodir Saidov", None, "en")
    for earlier in list(QUESTIONS)[: list(QUESTIONS).index(step)]:
        match earlier:
            case RegistrationStep.LANGUAGE:
                await users.choose_language(user_id, Language.EN)
            case RegistrationStep.NAME:
                await users.introduce(user_id, "Nodir Saidov")
            case _:
                await users.skip(user_id, earlier)

    assert said(QUESTIONS[step]) in (await say(newcomer, message)).text


@pytest.mark.parametrize("interruption", ["/start", "/menu", "/me", "/nonsense"])
async def test_an_interrupted_registration_goes_on_where_it_was(
    newcomer: SandboxUser, users: UserService, interruption: str
) -> None:
    await newcomer.start()
    for step, question in QUESTIONS.items():
        assert said(question) in (await say(newcomer, interruption)).text
        user = await users.find(UserId(newcomer.id))
        assert user is not None
        assert user.step is step
        await tap(newcomer, WAY[step])

    user = await users.find(UserId(newcomer.id))
    assert user is not None
    assert user.is_registered


async def test_a_deep_link_survives_registration_and_is_followed_once(
    newcomer: SandboxUser, users: UserService, free_lesson: tuple[LessonId, str]
) -> None:
    lesson_id, title = free_lesson

    await register(newcomer, payload=f"l_{lesson_id}")

    assert title in "\n".join(await texts(newcomer))
    user = await users.find(UserId(newcomer.id))
    assert user is not None
    assert user.pending_link is None


async def test_a_link_that_leads_nowhere_is_explained_above_the_menu(newcomer: SandboxUser) -> None:
    await register(newcomer, payload="nowhere_1")

    *_, reason, menu = await texts(newcomer)
    assert reason == said("This link leads nowhere. Here is what I can do:")
    assert said("👋 <b>Hello, {name}!</b>", name="Nodir Saidov") in menu


async def test_somebody_elses_contact_is_refused_and_the_question_stays(
    newcomer: SandboxUser, users: UserService
) -> None:
    await newcomer.start()
    await tap(newcomer, "en")
    await tap(newcomer, "use_name")

    for stranger in (1002, None):
        await newcomer.send_contact(phone_number="+998935556677", user_id=stranger or 0, first_name="Malika")
        *_, reason, question = await texts(newcomer)
        assert reason == said("That is somebody else's contact. Please share your own with the button below 👇")
        assert said(PHONE_QUESTION) in question

    user = await users.find(UserId(newcomer.id))
    assert user is not None
    assert user.phone is None


async def test_a_typed_number_is_kindly_refused(newcomer: SandboxUser, users: UserService) -> None:
    await newcomer.start()
    await tap(newcomer, "en")
    await tap(newcomer, "use_name")

    assert said(PHONE_QUESTION) in (await say(newcomer, "+998901234567")).text
    user = await users.find(UserId(newcomer.id))
    assert user is not None
    assert user.phone is None


@pytest.mark.parametrize("step", list(QUESTIONS))
async def test_what_does_not_fit_gets_a_sentence_and_the_question_again(
    newcomer: SandboxUser, users: UserService, step: RegistrationStep
) -> None:
    await newcomer.start()
    for earlier in list(QUESTIONS)[: list(QUESTIONS).index(step)]:
        await tap(newcomer, WAY[earlier])

    await newcomer.send_sticker()
    await _asked_again(newcomer, users, step)
    await newcomer.send_location(41.3, 69.2)
    await _asked_again(newcomer, users, step)
    await newcomer.type("1" * 4096)
    await _asked_again(newcomer, users, step)
    await newcomer.type("77" + encode_reply_callback("x")[:2] + "\u200d\u2064\U0001d17a\U0001d17a")
    await _asked_again(newcomer, users, step)


async def _asked_again(person: SandboxUser, users: UserService, step: RegistrationStep) -> None:
    *_, reason, question = await texts(person)
    assert said(QUESTIONS[step]) in question
    assert reason != question
    assert (await person.messages())[-1].text == question
    user = await users.find(UserId(person.id))
    assert user is not None
    assert user.step is step


async def test_markup_in_a_name_stays_text_everywhere(newcomer: SandboxUser, users: UserService) -> None:
    name = "</b><a href='tg://user?id=1'>x</a> {name} & *a* _b_ =1+1"
    await newcomer.start()
    await tap(newcomer, "en")
    await say(newcomer, f"\u202e{name}\r\n")
    await tap(newcomer, "skip_phone")
    await tap(newcomer, "start_learning")

    menu, card = await say(newcomer, "/menu"), await say(newcomer, "/me")

    assert name in menu.text
    assert name in card.text
    assert not [entity for entity in card.raw.get("entities", []) if entity["type"] == "text_link"]
    user = await users.find(UserId(newcomer.id))
    assert user is not None
    assert user.full_name == name


async def test_old_buttons_lead_back_to_the_open_question(newcomer: SandboxUser, users: UserService) -> None:
    first = await newcomer.start()
    old = first.buttons[2]
    await tap(newcomer, "en")
    await tap(newcomer, "use_name")

    await newcomer.forge(first.id, old.data or "")

    assert said(PHONE_QUESTION) in (await texts(newcomer))[-1]
    user = await users.find(UserId(newcomer.id))
    assert user is not None
    assert user.step is RegistrationStep.PHONE


async def test_a_number_never_reaches_the_log(
    newcomer: SandboxUser, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    await newcomer.start()
    await tap(newcomer, "en")
    await tap(newcomer, "use_name")
    await tap(newcomer, "share")

    printed = capfd.readouterr()
    everything = caplog.text + printed.out + printed.err
    assert "901234567" not in everything
