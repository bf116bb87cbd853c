import pytest

from bot.sandbox import SandboxUser
from domain.language import Language
from domain.users.model import Role, UserId
from domain.users.service import UserService
from tests.bot.users.people import buttons, register, said, say, tap, texts

HELLO = "👋 <b>Hello, {name}!</b>"
STUDENT_COMMANDS = {"menu", "me", "settings", "help", "cancel", "logout"}
ADMIN_COMMANDS = {"invite", "role"}


async def role_of(users: UserService, person: SandboxUser) -> Role:
    user = await users.find(UserId(person.id))
    assert user is not None
    return user.role


async def invitation_from(admin: SandboxUser) -> str:
    text = (await say(admin, "/invite")).text
    return text.partition("?start=")[2].split()[0]


async def test_help_shows_each_role_its_commands(
    newcomer: SandboxUser, director: SandboxUser, users: UserService
) -> None:
    await register(newcomer)
    await register(director)

    student_help, admin_help = (await say(newcomer, "/help")).text, (await say(director, "/help")).text

    assert all(f"/{command} " in student_help for command in STUDENT_COMMANDS)
    assert not any(f"/{command} " in student_help for command in ADMIN_COMMANDS)
    assert all(f"/{command} " in admin_help for command in STUDENT_COMMANDS | ADMIN_COMMANDS)


async def test_the_command_menu_follows_the_role(newcomer: SandboxUser, director: SandboxUser) -> None:
    await register(newcomer)
    await register(director)

    assert not ADMIN_COMMANDS & set(await newcomer.commands())
    assert set(await director.commands()) >= STUDENT_COMMANDS | ADMIN_COMMANDS

    await say(director, f"/role {newcomer.id} admin")
    assert set(await newcomer.commands()) >= ADMIN_COMMANDS
    await say(director, f"/role {newcomer.id} student")
    assert not ADMIN_COMMANDS & set(await newcomer.commands())


async def test_an_invitation_link_makes_a_newcomer_a_teacher_once(
    newcomer: SandboxUser, another: SandboxUser, director: SandboxUser, users: UserService
) -> None:
    await register(director)
    link = await invitation_from(director)

    await register(newcomer, payload=link)
    await register(another)
    await another.start(link)

    assert said("🎓 You are a teacher now. /help shows your new commands.") in await texts(newcomer)
    assert said("This invitation was used already or has expired. Please ask for a new one.") in await texts(another)
    assert (await role_of(users, newcomer), await role_of(users, another)) == (Role.TEACHER, Role.STUDENT)
    await director.wait_for(said("🎓 {name} has accepted your invitation and can teach now.", name="Nodir Saidov"))


@pytest.mark.parametrize(
    "command",
    [
        "/invite",
        "/INVITE",
        "/invite@ustoz_sandbox_bot",
        "/invite now",
        "/invite\nnow",
        "\uff0finvite",
        " /invite",
        "/role 1001 admin",
        "/Role 1001 ADMIN",
        "/role\n1001\nadmin",
    ],
)
async def test_a_student_runs_no_admin_action_however_it_is_written(
    newcomer: SandboxUser, users: UserService, command: str
) -> None:
    await register(newcomer)

    reply = await say(newcomer, command.replace("1001", str(newcomer.id)))

    assert reply.text
    assert not any("?start=t_" in text for text in await texts(newcomer))
    assert await role_of(users, newcomer) is Role.STUDENT


async def test_a_revoked_role_is_gone_on_the_next_update(
    newcomer: SandboxUser, director: SandboxUser, users: UserService
) -> None:
    await register(newcomer)
    await register(director)
    await users.set_role(UserId(director.id), UserId(newcomer.id), Role.ADMIN)
    link = await invitation_from(newcomer)
    assert link.startswith("t_")

    await users.set_role(UserId(director.id), UserId(newcomer.id), Role.STUDENT)

    assert (await say(newcomer, "/invite")).text == said("You cannot do that here.")
    assert (await say(newcomer, f"/role {newcomer.id} admin")).text == said("You cannot do that here.")
    assert await role_of(users, newcomer) is Role.STUDENT


async def test_a_button_of_a_revoked_role_does_nothing(
    newcomer: SandboxUser, director: SandboxUser, users: UserService
) -> None:
    await register(newcomer)
    await register(director)
    await users.set_role(UserId(director.id), UserId(newcomer.id), Role.ADMIN)
    await say(newcomer, "/menu")
    assert {"invite", "teach"} <= set(await buttons(newcomer))
    await users.set_role(UserId(director.id), UserId(newcomer.id), Role.STUDENT)

    await tap(newcomer, "invite")

    assert not any("?start=t_" in text for text in await texts(newcomer))
    assert said("You cannot do that here.") in [toast.text for toast in await newcomer.toasts()]
    await say(newcomer, "/menu")
    assert not {"invite", "teach"} & set(await buttons(newcomer))


async def test_an_edited_command_has_no_second_effect(newcomer: SandboxUser, director: SandboxUser) -> None:
    await register(director)
    await say(director, "/help")
    mine = [message for message in await director.messages() if message.from_me][-1]
    before = await texts(director)

    await director.edit(mine.id, "/invite")

    assert await texts(director) == before


async def test_an_unknown_command_is_named_and_help_is_offered(newcomer: SandboxUser) -> None:
    await register(newcomer)

    assert (await say(newcomer, "/xyz")).text == said(
        "I do not know /{command}. /help shows what I can do.", command="xyz"
    )


async def test_a_mistyped_command_does_not_become_a_name(newcomer: SandboxUser, users: UserService) -> None:
    await register(newcomer)
    await say(newcomer, "/me")
    await tap(newcomer, "name")

    await say(newcomer, "/nmae Ali")

    user = await users.find(UserId(newcomer.id))
    assert user is not None
    assert user.full_name == "Nodir Saidov"


async def test_cancel_leaves_whatever_is_open_and_shows_the_menu(newcomer: SandboxUser) -> None:
    await register(newcomer)
    await say(newcomer, "/me")
    await tap(newcomer, "phone")

    menu = await say(newcomer, "/cancel")

    assert said(HELLO, name="Nodir Saidov") in menu.text
    assert said("Cancelled.") in await texts(newcomer)


async def test_a_message_that_nothing_awaits_leads_to_the_menu(newcomer: SandboxUser) -> None:
    await register(newcomer)

    for _ in range(2):
        await say(newcomer, "/logout")
        await tap(newcomer, "log_out")
        assert said(HELLO, name="Nodir Saidov") in (await say(newcomer, "salom")).text
        await say(newcomer, "/logout")
        await tap(newcomer, "log_out")
        await newcomer.send_sticker()
        assert said(HELLO, name="Nodir Saidov") in (await texts(newcomer))[-1]


async def test_logging_out_mutes_until_the_next_start(newcomer: SandboxUser, users: UserService) -> None:
    await register(newcomer)

    await say(newcomer, "/logout")
    await tap(newcomer, "log_out")
    user = await users.find(UserId(newcomer.id))
    assert user is not None
    assert user.is_muted

    await say(newcomer, "/start")
    user = await users.find(UserId(newcomer.id))
    assert user is not None
    assert not user.is_muted


async def test_blocking_and_unblocking_is_noted(newcomer: SandboxUser, users: UserService) -> None:
    await register(newcomer)

    await newcomer.block()
    await newcomer.settle()
    user = await users.find(UserId(newcomer.id))
    assert user is not None
    assert not user.is_reachable

    await newcomer.unblock()
    await newcomer.settle()
    user = await users.find(UserId(newcomer.id))
    assert user is not None
    assert user.is_reachable


async def test_a_new_language_counts_at_once(newcomer: SandboxUser) -> None:
    await register(newcomer)
    await say(newcomer, "/settings")
    await tap(newcomer, "language")

    settings = await tap(newcomer, "ru")

    assert said("⚙️ <b>Settings</b>", Language.RU) in settings.text
    assert said("What I can do", Language.RU) in (await say(newcomer, "/help")).text


async def test_everything_about_oneself_is_changed_with_buttons_and_leads_back_to_the_card(
    newcomer: SandboxUser, users: UserService
) -> None:
    await register(newcomer)
    await say(newcomer, "/me")

    await tap(newcomer, "name")
    assert "👤 Ali Karimov" in (await say(newcomer, "Ali Karimov")).text
    await tap(newcomer, "phone")
    assert "+998 ••• 67" in (await tap(newcomer, "share")).text
    await tap(newcomer, "goal")
    assert said("💼 Learn for work") in (await tap(newcomer, "work")).text
    await tap(newcomer, "minutes")
    assert "30" in (await tap(newcomer, "minutes:30")).text
    await tap(newcomer, "phone")
    await tap(newcomer, "keep_phone")
    await tap(newcomer, "phone")
    assert said("no number yet") in (await tap(newcomer, "forget_phone")).text

    user = await users.find(UserId(newcomer.id))
    assert user is not None
    assert (user.full_name, user.phone, user.daily_minutes) == ("Ali Karimov", None, 30)


async def test_a_double_tap_on_a_subject_chooses_it_once(newcomer: SandboxUser, users: UserService) -> None:
    await register(newcomer)
    await say(newcomer, "/me")
    await tap(newcomer, "subjects")
    chip = next(button for widget, button in (await buttons(newcomer)).items() if widget.startswith("subject:+"))

    for _ in range(3):
        await newcomer.forge(chip.message_id or 0, chip.data or "")
    await newcomer.settle()

    assert len(await users.subjects_of(UserId(newcomer.id))) == 1
