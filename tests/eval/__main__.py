"""`make eval`: how well the tutor finds, answers, refuses and keeps to itself, as tables.

    make eval                                      # finding; the tutor without a model; recorded replies
    make eval ARGS="--record replies.jsonl"        # with OPENAI_BASE_URL or OPENAI_API_KEY: asks the model, keeps it
    make eval ARGS="--replay replies.jsonl"        # the same again, without the model
    make eval ARGS="--finding"                     # finding alone; by meaning too with OPENAI_EMBEDDING_MODEL
    make eval ARGS="--kind exercise --failures"    # some of it, and what was not good

Every run fills a database of its own with the demo's courses and with the files of `samples.py`.
"""

import argparse
import asyncio
import importlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from bot.clients.openai import OpenAIModel
from bot.logs import set_up_logs
from bot.settings import ModelSettings
from db.embedded import start_embedded
from db.engine import Pool, create_pool
from db.migrate import migrate
from tests.eval.answers import ModelTutor, PassagesTutor, Tutor
from tests.eval.embedding import embedder
from tests.eval.items import Item, Kind, load_items
from tests.eval.judging import Verdict
from tests.eval.recorded import BY_HAND, RecordingModel, load_recordings, recorded_server
from tests.eval.report import failures, items_table, retrieval_table, verdicts_table
from tests.eval.running import ask_all, find_all, recorded_items, told_secrets
from tests.eval.world import World, build

POOL_SIZE = 4


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make eval")
    parser.add_argument("--finding", action="store_true", help="measure finding alone")
    parser.add_argument("--kind", type=Kind, choices=list(Kind), help="only items of one kind")
    parser.add_argument("--limit", type=int, help="only so many items for the model")
    parser.add_argument("--record", type=Path, help="keep what the model replies in this file")
    parser.add_argument("--replay", type=Path, help="answer from such a file instead of asking a model")
    parser.add_argument("--failures", action="store_true", help="list the items that were not answered well")
    return parser.parse_args()


async def _main(arguments: argparse.Namespace) -> None:
    set_up_logs("WARNING", "console", ())
    items = [item for item in load_items() if arguments.kind in (None, item.kind)]
    print(items_table(items), end="\n\n")
    with tempfile.TemporaryDirectory(prefix="ustoz-eval-", ignore_cleanup_errors=True) as name:
        embedded = await start_embedded(Path(name), postgres=True, valkey=False, durable=False)
        try:
            pool = await create_pool(await _database(embedded.database_url), size=POOL_SIZE)
            try:
                await _measure(arguments, pool, await build(pool), items)
            finally:
                await pool.close()
        finally:
            await embedded.stop()


async def _database(server: str | None) -> str:
    if server is None:
        raise RuntimeError("the embedded PostgreSQL has not started")
    admin = await asyncpg.connect(server)
    await admin.execute("create database evaluation")
    await admin.close()
    url = urlunsplit(urlsplit(server)._replace(path="/evaluation"))
    await migrate(url)
    return url


async def _measure(arguments: argparse.Namespace, pool: Pool, world: World, items: Sequence[Item]) -> None:
    settings = ModelSettings()
    # It takes most of a second, which is no part of the first draft.
    importlib.import_module("openai")
    embed = embedder(settings) if settings.is_connected and "OPENAI_EMBEDDING_MODEL" in os.environ else None
    for title, scores in (await find_all(pool, world, items, embed)).items():
        print(f"## {title}\n\n{retrieval_table(scores)}\n")
    if arguments.finding:
        return
    await _ask("The tutor without a model", arguments, PassagesTutor(pool, world), world, items)
    secrets = await told_secrets(pool, world, items)
    print(f"Keys or other people's data told by a model that says all it knows: {len(secrets)} of {len(items)} items\n")
    if settings.is_connected and arguments.replay is None:
        key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else None
        model = OpenAIModel(model=settings.openai_model, api_key=key, base_url=settings.openai_base_url)
        recording = RecordingModel(model, [item.question for item in items])
        try:
            tutor = ModelTutor(pool, world, recording)
            await _ask(f"The tutor with {model.name}", arguments, tutor, world, items[: arguments.limit])
        finally:
            await model.close()
            if arguments.record:
                recording.save(arguments.record)
        return
    recordings = load_recordings(arguments.replay or BY_HAND)
    async with recorded_server(recordings) as server:
        model = OpenAIModel(model="recorded", base_url=server.url)
        try:
            tutor = ModelTutor(pool, world, model)
            await _ask("The tutor with recorded replies", arguments, tutor, world, recorded_items(items, recordings))
        finally:
            await model.close()
        print(f"Recorded for other requests than the tutor makes now: {len(server.stale)} of {len(recordings)}")


async def _ask(
    title: str, arguments: argparse.Namespace, tutor: Tutor, world: World, items: Sequence[Item]
) -> Sequence[Verdict]:
    verdicts = await ask_all(tutor, world, items)
    print(f"## {title}\n\n{verdicts_table(verdicts)}\n")
    if len(verdicts) < len(items):
        print(f"Without any reply: {len(items) - len(verdicts)}\n")
    if arguments.failures:
        print("\n".join(f"- {line}" for line in failures(verdicts)), end="\n\n")
    return verdicts


if __name__ == "__main__":
    asyncio.run(_main(_arguments()))
