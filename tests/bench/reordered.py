"""The program with the main menu's handlers asked first, or last, of all the product's.

`python -m tests.bench.reordered first|last`
"""

import sys
from typing import Any

from bot import __main__ as program


def main() -> None:
    place = sys.argv.pop()
    from aiogram import Dispatcher

    from bot.app import program as app
    from bot.users import fallback
    from bot.users.menu import dialog

    make = app.make_dispatcher

    def make_reordered(*arguments: Any, **named: Any) -> Dispatcher:
        dispatcher = make(*arguments, **named)
        routers = dispatcher.sub_routers
        routers.remove(dialog)
        routers.insert(0 if place == "first" else routers.index(fallback.router), dialog)
        return dispatcher

    app.make_dispatcher = make_reordered
    program.main()


if __name__ == "__main__":
    main()
