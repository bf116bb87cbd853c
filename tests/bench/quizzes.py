"""`make bench-quizzes`: an exam of a thousand students in the sandbox, through the whole program, which is killed.

    make bench-quizzes ARGS="--students 1000 --questions 20 --rate 40"

Each student has a known ability and a think time; together they give `--rate` answers a second. The program is one
process in the default way (long polling, embedded PostgreSQL and Valkey of the benchmark), the sandbox and all students
are the driver's. In the middle the program is killed with SIGKILL and started again. Then the exam is closed, and the
answers, the acknowledgements and the Rasch table are looked at. Statistics over ten million answers:
`make bench-quiz-statistics`.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvloop

from bot.logs import set_up_logs
from bot.sandbox import Sandbox, Tap, served
from db.embedded import start_embedded
from db.engine import create_pool
from db.migrate import migrate
from db.unit_of_work import Database
from domain.clock import utc_now
from domain.quizzes.exams.desk import ExamDesk
from tests.bench.aims import Aim, aims_table
from tests.bench.exam_hall import TEACHER, ExamHall, quantile
from tests.bot.promises.rig import Program, telegram_environment, until

LEAD = timedelta(seconds=120)
"""From the plan to the beginning: the call reaches a thousand in 36 seconds, and they open the waiting room."""
P95_MS = 150.0
CATCHING_UP = 5.0
"""Seconds after its return in which the program works off what waited for it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    answers: int
    lost: int
    changed: int
    tapped_again: int
    double_taps: int
    p50: float
    p95: float
    p99: float
    outage: float
    waited: int
    """Answers whose acknowledgement the outage held up."""
    rate: float
    first_told: float
    last_told: float
    skew: float
    covered: int
    on_the_table: int
    judged: float

    @property
    def aims(self) -> list[Aim]:
        share = 100 * self.covered / max(self.on_the_table, 1)
        return [
            Aim("", "answers lost", self.lost, 0, 0, ""),
            Aim("", "answers stored twice or changed", self.changed, 0, 0, ""),
            Aim("", "p95 from tap to acknowledgement", self.p95, P95_MS, 50, "ms"),
            Aim("", "known abilities in their 95 % intervals", share, 93, 94, "%", is_floor=True),
        ]

    def report(self) -> str:
        return f"""{self.answers:,} answers at {self.rate:.0f}/s, {self.double_taps} double taps; \
{self.tapped_again} taps had to be made again.
Tap to acknowledgement: p50 {self.p50:.0f} ms, p95 {self.p95:.0f} ms, p99 {self.p99:.0f} ms; besides, {self.waited} \
taps waited for the program, which was away for {self.outage:.1f} s after SIGKILL.
The word of the beginning reached the first {self.first_told:.1f} s and the last {self.last_told:.1f} s after the \
planned moment; the end was put off by {self.skew:.0f} s.
Rasch table: {self.covered} of {self.on_the_table} known abilities in their intervals; worked out in \
{self.judged:.1f} s.

{aims_table(self.aims)}"""


async def hold_exam(options: argparse.Namespace, folder: Path) -> Outcome:
    async with AsyncExitStack() as stack:
        note("starting PostgreSQL and Valkey")
        embedded = await start_embedded(folder / "servers", postgres=True, valkey=True)
        stack.push_async_callback(embedded.stop)
        database_url = embedded.database_url or ""
        await migrate(database_url)
        pool = await create_pool(database_url, size=4)
        stack.push_async_callback(pool.close)
        sandbox = Sandbox()
        sandbox.change_faults(rate_limits=options.limits)
        api_url = await stack.enter_async_context(served(sandbox))
        hall = ExamHall(sandbox, pool, students=options.students, questions=options.questions)
        note(f"a course with {options.questions} questions and {options.students} students")
        exam = await hall.build()
        program = Program(folder / "program", telegram_environment(api_url, database_url, embedded.redis_url or ""))
        stack.push_async_callback(program.kill)
        await program.start()
        opens = datetime.now(UTC) + LEAD
        await hall.plan(opens, opens + timedelta(hours=3))
        note("the call goes out")
        sitting = asyncio.create_task(hall.sit(options.students / options.rate))
        total = options.students * options.questions
        while hall.given < total // 2:
            await asyncio.sleep(0.5)
            if sitting.done():
                await sitting
        note(f"{hall.given:,} answers; the program is killed")
        killed = time.time()
        await program.kill()
        await asyncio.sleep(options.away)
        await program.start()
        outage = time.time() - killed
        note(f"it is back after {outage:.1f} s")
        await sitting
        started = min(sitter.started_at or killed for sitter in hall.sitters)
        seconds = time.time() - started - outage
        note("everybody has finished; the exam is closed")
        desk = ExamDesk(begin=Database(pool).begin, read=Database(pool).read, now=utc_now)
        await desk.close_now(TEACHER, exam.lesson_id)
        closed = time.time()
        await until(pool, "select count(*) > 0 from notifications where kind = 'exam_report'", seconds=120)
        judged = time.time() - closed
        lost, changed = await hall.lost_and_changed()
        covered, on_the_table = await hall.coverage()
        row = await pool.fetchrow("select * from exams where quiz_id = $1", exam.quiz_id)
        assert row
        # Whoever tapped while it was away, or while it caught up.
        held_up = {tap.id for tap in hall.answer_taps if _meets(tap, killed, killed + outage + CATCHING_UP)}
        calm = [tap for tap in hall.answer_taps if tap.id not in held_up]
        return Outcome(
            answers=hall.given,
            lost=lost,
            changed=changed,
            tapped_again=hall.tapped_again,
            double_taps=hall.double_taps,
            p50=quantile(calm, 0.5),
            p95=quantile(calm, 0.95),
            p99=quantile(calm, 0.99),
            outage=outage,
            waited=len(held_up),
            rate=hall.given / seconds,
            first_told=(row["first_told_at"] - row["opens_at"]).total_seconds() if row["first_told_at"] else 0,
            last_told=(row["last_told_at"] - row["opens_at"]).total_seconds() if row["last_told_at"] else 0,
            skew=row["skew_seconds"] or 0,
            covered=covered,
            on_the_table=on_the_table,
            judged=judged,
        )


def _meets(tap: Tap, start: float, end: float) -> bool:
    return tap.pressed_at <= end and (tap.answered_at or end) >= start


def note(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


async def _run(options: argparse.Namespace) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="ustoz-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        # The embedded servers run under an account of their own when this one is root.
        folder.chmod(0o755)
        return await hold_exam(options, folder)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench-quizzes", description=__doc__)
    parser.add_argument("--students", type=int, default=1000)
    parser.add_argument("--questions", type=int, default=20)
    parser.add_argument("--rate", type=float, default=40.0, help="answers a second of all together")
    parser.add_argument("--away", type=float, default=1.0, help="seconds from the kill to the next start")
    parser.add_argument("--limits", action="store_true", help="the sandbox answers 429 above Telegram's limits")
    options = parser.parse_args()
    set_up_logs("WARNING", "console", ())
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        outcome = runner.run(_run(options))
    print(outcome.report())
    sys.exit(0 if all(aim.holds for aim in outcome.aims) else 1)


if __name__ == "__main__":
    main()
