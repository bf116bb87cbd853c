"""Dialog state, looked at from outside of the update that it travels with."""

from db.engine import Pool


class SqlDialogStates:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def kept(self, user_id: int) -> tuple[bytes | None, bool]:
        """The user's state as of their last finished update, and whether another update is waiting or worked on."""
        row = await self._pool.fetchrow(
            """
            select (select data from dialog_states where user_id = $1) as data,
                exists (select from inbox where user_id = $1 and status = 0) as is_busy
            """,
            user_id,
        )
        return (row["data"], row["is_busy"]) if row else (None, False)
