"""What was measured, as tables."""

from dataclasses import dataclass

from tests.bench.aims import Aim, aims_table, table
from tests.bench.faults import FaultReport
from tests.bench.loops import Measure, Series

IN_FLIGHT = 40
"""Telegram's default `max_connections`."""
OPEN_RATE = 50.0
MIB = 1024 * 1024

START, TAP, QUIZ = "/start of a known user", "menu tap", "quiz answer"
AIOGRAM, PTB = "aiogram echo", "python-telegram-bot echo"


@dataclass(slots=True)
class Results:
    """Everything that the tables are made of."""

    alone: dict[str, Measure]
    busy: dict[str, Series]
    start_seconds: float
    memory: int
    open: Measure
    soak: Measure
    growth: float
    first: Series
    last: Series
    faults: FaultReport
    statements: dict[str, tuple[float, float, float]]
    """By kind of update: own ones, the intake's at 1 in flight, the intake's at 40."""


def aims_of(results: Results) -> list[Aim]:
    busy, faults = results.busy, results.faults
    aiogram, ptb = busy[AIOGRAM], busy[PTB]
    beside = "CPU of an aiogram echo"
    return [
        Aim("P1", f"/start / {beside}", busy[START].beside(aiogram), 2.5, 1.5),
        Aim("P2", "/start / CPU of a python-telegram-bot echo", busy[START].beside(ptb), 1.0, 0.6),
        Aim("P3", f"menu tap / {beside}", busy[TAP].beside(aiogram), 3.0, 2.0),
        Aim("P3", f"quiz answer / {beside}", busy[QUIZ].beside(aiogram), 3.0, 2.0),
        Aim("P4", "p99 of /start / of an aiogram echo", busy[START].quantile(0.99) / aiogram.quantile(0.99), 0.7, 0.3),
        Aim("P5", "tap: handlers asked last / first", results.last.beside(results.first), 1.25, 1.1),
        Aim("P6", f"p50 at {OPEN_RATE:.0f} updates/s", results.open.quantile(0.5), 15, 8, "ms"),
        Aim("P6", f"p99 at {OPEN_RATE:.0f} updates/s", results.open.quantile(0.99), 100, 40, "ms"),
        Aim("P6", "lost", results.open.lost + results.open.refused, 0, 0, ""),
        Aim("P7", "longest stall in the soak", 1e3 * results.soak.own_stall, 100, 30, "ms"),
        Aim("P7", "growth of memory in the soak", results.growth, 10, 2, "%"),
        Aim("P8", "start to first answer", results.start_seconds, 5, 3, "s"),
        Aim("P8", "memory of the process", results.memory / MIB, 260, 200, "MiB"),
        Aim("P19", "people stuck after faults", faults.stuck, 0, 0, ""),
        Aim("P19", "answers counted twice", faults.counted_twice, 0, 0, ""),
        Aim("P19", "updates given up", faults.dead_letters, 0, 0, ""),
    ]


def report(results: Results) -> str:
    anchor = results.busy[AIOGRAM]
    rows = [
        (
            name,
            f"{series.cpu:,.0f}",
            f"{series.beside(anchor):.2f} ×",
            f"{series.rate:,.0f}",
            *(f"{results.alone[name].quantile(share):.2f}" for share in (0.5, 0.99)),
            *(f"{series.quantile(share):.1f}" for share in (0.5, 0.99)),
            *(f"{value:.2f}" for value in results.statements.get(name, ())),
            *("–" * (0 if name in results.statements else 3)),
            str(series.lost + results.alone[name].lost),
        )
        for name, series in results.busy.items()
    ]
    head = (
        "update",
        "CPU µs",
        "× aiogram",
        "updates/s",
        "p50 C=1",
        "p99 C=1",
        f"p50 C={IN_FLIGHT}",
        f"p99 C={IN_FLIGHT}",
        "SQL",
        "+ inbox C=1",
        f"+ inbox C={IN_FLIGHT}",
        "lost",
    )
    soak, faults = results.soak, results.faults
    return f"""{table(head, rows)}

Milliseconds from the webhook call to the last effect. Statements for each update, without those that the clock causes;
the inbox's are shared by the updates of a moment.
Soak: {soak.updates:,} updates, {soak.rate:,.0f}/s, {soak.cpu:,.0f} µs, p99 {soak.quantile(0.99):.1f} ms, \
lost {soak.lost + soak.refused}; the longest stall {1e3 * soak.stall:.0f} ms, without the time for which other \
programs had the core {1e3 * soak.own_stall:.0f} ms.
Faults: {faults.updates:,} updates, {faults.faults} calls failed, {faults.repeated} updates came twice or were tapped \
twice, {faults.lost} had to be tried again by the user.

{aims_table(aims_of(results))}"""
