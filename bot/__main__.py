"""`python -m bot`: settings, then the program; also the small commands that work beside a running bot."""

import argparse
import asyncio
import gc
import signal
import sys
from collections.abc import Callable

from bot.settings import Settings, SettingsError, load_settings

ROLES = ("web", "updates", "jobs", "clock")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot", description="Ustoz, a learning centre in Telegram.")
    parser.add_argument(
        "--roles",
        default=",".join(ROLES),
        help="what this process does, separated by commas: web, updates, jobs, clock (default: all)",
    )
    parser.add_argument(
        "--health-port",
        type=int,
        help="where a process without the role web serves /healthz, /readyz and /metrics; with it HTTP_PORT does",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    orders = commands.add_parser("payme-orders", help="make test orders that can be paid, and print them as JSON")
    orders.add_argument("--count", type=int, default=1)
    orders.add_argument("--final", action="store_true", help="orders that may not be cancelled once they are paid")
    order = commands.add_parser("payme-order", help="print an order's state as JSON")
    order.add_argument("order_id")
    return parser.parse_args()


def main() -> None:
    arguments = _arguments()
    roles = frozenset(role.strip() for role in arguments.roles.split(",") if role.strip())
    if not roles or not roles <= set(ROLES):
        sys.exit(f"--roles takes some of {', '.join(ROLES)}")
    if arguments.health_port is not None and "web" in roles:
        sys.exit("--health-port is for a process without the role web: that one serves its health at HTTP_PORT")
    try:
        settings = load_settings()
    except SettingsError as error:
        sys.exit(str(error))
    if arguments.command:
        sys.exit(_small_command(settings, arguments))
    sys.exit(_run(settings, roles, arguments.health_port))


def _small_command(settings: Settings, arguments: argparse.Namespace) -> int:
    from bot.payments.cli import run_command

    return asyncio.run(run_command(settings, arguments))


def _run(settings: Settings, roles: frozenset[str], health_port: int | None) -> int:
    from db.embedded.errors import EmbeddedError
    from db.embedded.program import hold_program_lock

    try:
        lock = hold_program_lock(settings.store.data_dir, roles=roles, http_port=settings.web.http_port)
    except EmbeddedError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            return runner.run(_serve(settings, roles, health_port))
    except EmbeddedError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        lock.release()


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop where there is one."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


async def _serve(settings: Settings, roles: frozenset[str], health_port: int | None) -> int:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)

    # Some hundred thousand objects live as long as the program, and walking them takes 140 ms: hardly ever while they
    # are made, and never again once they all are there. Off it must not be: the start may wait for Telegram for hours.
    gc.set_threshold(50_000, 20, 20)
    from bot.app import App, StartFailed

    app = App(settings, roles, health_port)
    try:
        await app.start(stop)
        # Without a collection before, which would hold up the first answers for the sake of a megabyte.
        gc.freeze()
        await stop.wait()
    except StartFailed as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        await app.close()
    return 0


if __name__ == "__main__":
    main()
