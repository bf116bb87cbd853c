"""`python -m bot.sandbox --port 8090`: the sandbox alone, for a bot in another process."""

import argparse
import asyncio
import contextlib
import logging
import signal
import sys
from pathlib import Path

from bot.sandbox.payme_calls import CashierSettings
from bot.sandbox.server import DEFAULT_TOKEN, Sandbox, served


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free port and prints it")
    parser.add_argument("--store", type=Path, help="folder for the journal and the files; nothing is kept without it")
    parser.add_argument("--token", default=DEFAULT_TOKEN)
    parser.add_argument("--merchant-url", help="the merchant's Payme endpoint, for the cashier")
    parser.add_argument("--merchant-id", default="")
    parser.add_argument("--merchant-key", default="")
    return parser.parse_args()


async def _run(arguments: argparse.Namespace) -> None:
    cashier = None
    if arguments.merchant_url:
        cashier = CashierSettings(arguments.merchant_url, arguments.merchant_id, arguments.merchant_key)
    sandbox = Sandbox(token=arguments.token, store=arguments.store, cashier=cashier)
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with served(sandbox, host=arguments.host, port=arguments.port) as url:
        sys.stdout.write(f"{url}\n")
        sys.stdout.flush()
        await stopped.wait()


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run(_arguments()))


main()
