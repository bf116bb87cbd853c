"""The bot's commands: the menus that Telegram shows, and `/help`, come from the same list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.users.model import Role

EVERYONE = frozenset(Role)
TEACHERS = frozenset({Role.TEACHER, Role.ADMIN})
ADMINS = frozenset({Role.ADMIN})


@dataclass(frozen=True, slots=True)
class MenuCommand:
    """A command, its N_-marked description, and who sees it. Seeing grants nothing."""

    command: str
    description: str
    roles: frozenset[Role] = EVERYONE


class Menu:
    """All commands of the running bot, in the order in which they are shown."""

    def __init__(self, commands: Iterable[MenuCommand]) -> None:
        self._commands = tuple(commands)

    def of(self, role: Role) -> Sequence[MenuCommand]:
        return [command for command in self._commands if role in command.roles]
