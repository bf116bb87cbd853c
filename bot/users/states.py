from aiogram.fsm.state import State, StatesGroup
from aiogram_dialog import DialogManager, StartMode

from bot.services import current_user
from domain.users.model import RegistrationStep, User


class MainMenu(StatesGroup):
    main = State()


class Questions(StatesGroup):
    """What registration asks, in its order; each is also how the answer is changed later."""

    language = State()
    name = State()
    phone = State()
    subjects = State()
    goal = State()
    minutes = State()


class Profile(StatesGroup):
    card = State()
    settings = State()


class PublicProfile(StatesGroup):
    """What somebody tells about themselves, and to whom."""

    home = State()
    bio = State()
    location = State()
    links = State()
    link = State()
    skills = State()
    skill = State()
    new_skill = State()
    renew = State()


class PublicCard(StatesGroup):
    """How others see somebody."""

    card = State()


class Leaving(StatesGroup):
    confirm = State()


QUESTIONS: dict[RegistrationStep, State] = {
    RegistrationStep.LANGUAGE: Questions.language,
    RegistrationStep.NAME: Questions.name,
    RegistrationStep.PHONE: Questions.phone,
    RegistrationStep.SUBJECTS: Questions.subjects,
    RegistrationStep.GOAL: Questions.goal,
    RegistrationStep.MINUTES: Questions.minutes,
}


async def show_menu(manager: DialogManager) -> None:
    """The main menu, whatever was open; for somebody who is still registering the question that is due."""
    user = current_user(manager)
    if user.is_registered:
        await manager.start(MainMenu.main, mode=StartMode.RESET_STACK)
    else:
        await resume_registration(manager, user)


async def resume_registration(manager: DialogManager, user: User) -> None:
    """Ask what is due. The user's row says what that is, so an interruption of any kind loses nothing."""
    await manager.start(QUESTIONS[user.step], mode=StartMode.RESET_STACK)


async def show_profile(manager: DialogManager) -> None:
    await manager.start(Profile.card, mode=StartMode.RESET_STACK)


async def show_settings(manager: DialogManager) -> None:
    await manager.start(Profile.settings, mode=StartMode.RESET_STACK)


async def show_public_profile(manager: DialogManager) -> None:
    """One's own public profile, to change it."""
    await manager.start(PublicProfile.home, mode=StartMode.RESET_STACK)


async def show_public_card(manager: DialogManager, code: str, mode: StartMode = StartMode.NORMAL) -> None:
    """Somebody's card, as far as they show it; Back leads to the screen that opened it."""
    await manager.start(PublicCard.card, data={"code": code}, mode=mode)
