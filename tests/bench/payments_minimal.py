"""The floor: a Payme handler on aiohttp and asyncpg that knows no rule, over tables of the same shape.

It answers the three methods of a payment that goes well, with a row lock and a transaction where money moves, and
grants the access. No codes, ledger, history, enrolment, announcement or timeouts, and no refusals but of a wrong key.
"""

import asyncio
import base64
import gc
import os
import time
from datetime import UTC, datetime
from typing import Any

import asyncpg
import orjson
import uvloop
from aiohttp import web


def make_app(pool: "asyncpg.Pool[asyncpg.Record]", key: str) -> web.Application:
    expected = "Basic " + base64.b64encode(f"Paycom:{key}".encode()).decode()

    async def answer(request: web.Request) -> web.Response:
        call = orjson.loads(await request.read())
        if request.headers.get("Authorization") != expected:
            body: dict[str, Any] = {"error": {"code": -32504}, "id": call["id"]}
        else:
            body = {"jsonrpc": "2.0", "id": call["id"], "result": await _METHODS[call["method"]](pool, call["params"])}
        return web.Response(body=orjson.dumps(body), content_type="application/json")

    app = web.Application()
    app.router.add_post("/payme", answer)
    return app


async def _check(pool: "asyncpg.Pool[asyncpg.Record]", params: dict[str, Any]) -> dict[str, Any]:
    order = await pool.fetchrow("select price_tiyin, state from orders where code = $1", params["account"]["order_id"])
    return {"allow": order is not None and order["state"] == "open" and order["price_tiyin"] == params["amount"]}


async def _create(pool: "asyncpg.Pool[asyncpg.Record]", params: dict[str, Any]) -> dict[str, Any]:
    now = time.time_ns() // 1_000_000
    async with pool.acquire() as connection, connection.transaction():
        order = await connection.fetchrow(
            "select id, price_tiyin, state from orders where code = $1 for update", params["account"]["order_id"]
        )
        if order is None or order["state"] != "open" or order["price_tiyin"] != params["amount"]:
            raise web.HTTPConflict
        transaction_id = await connection.fetchval(
            "insert into payme_transactions (payme_id, order_id, time, amount, create_time)"
            " values ($1, $2, $3, $4, $5) returning id",
            params["id"],
            order["id"],
            params["time"],
            params["amount"],
            now,
        )
    return {"create_time": now, "transaction": str(transaction_id), "state": 1}


async def _perform(pool: "asyncpg.Pool[asyncpg.Record]", params: dict[str, Any]) -> dict[str, Any]:
    moment = datetime.now(UTC)
    now = int(moment.timestamp() * 1000)
    async with pool.acquire() as connection, connection.transaction():
        found = await connection.fetchrow(
            """
            select t.id, t.state, t.order_id, o.user_id, o.product_kind, o.product_id
            from payme_transactions t join orders o on o.id = t.order_id where t.payme_id = $1 for update
            """,
            params["id"],
        )
        if found is None or found["state"] != 1:
            raise web.HTTPConflict
        await connection.execute(
            "update payme_transactions set state = 2, perform_time = $2 where id = $1", found["id"], now
        )
        await connection.execute(
            "update orders set state = 'paid', paid_at = $2, paid_by = 'payme' where id = $1",
            found["order_id"],
            moment,
        )
        await connection.execute(
            "insert into access_grants (user_id, product_kind, product_id, order_id, granted_at)"
            " values ($1, $2, $3, $4, $5)",
            found["user_id"],
            found["product_kind"],
            found["product_id"],
            found["order_id"],
            moment,
        )
    return {"transaction": str(found["id"]), "perform_time": now, "state": 2}


_METHODS = {"CheckPerformTransaction": _check, "CreateTransaction": _create, "PerformTransaction": _perform}


async def serve() -> None:
    pool = await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=1, max_size=20)
    runner = web.AppRunner(make_app(pool, os.environ["PAYME_KEY"]), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(os.environ["HTTP_PORT"])).start()
    gc.freeze()
    await asyncio.Event().wait()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:
        loop.run(serve())
