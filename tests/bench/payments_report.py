"""What was measured of payments, as tables."""

import statistics
from dataclasses import dataclass

from tests.bench.aims import Aim, aims_table, table
from tests.bench.payments_client import METHODS, Rounds
from tests.bench.payments_races import RaceReport

OURS, PEER, FLOOR = "ours", "payme-pkg", "no rules"
FEW, MANY = 8, 32
"""Payers at once."""
QUIET = 0.1
"""Up to this share of other programs the machine counts as quiet."""


@dataclass(slots=True)
class Results:
    """Everything that the tables are made of; None and empty for what was left out."""

    speed: dict[int, dict[str, Rounds]]
    """By payers at once and server."""
    small: Rounds | None
    large: Rounds | None
    stored: int
    races: RaceReport | None
    kills: RaceReport | None
    statements: dict[str, float]
    """How many of ours each method sends to PostgreSQL."""


def aims_of(results: Results) -> list[Aim]:
    few, many = results.speed[FEW], results.speed[MANY]
    aims: list[Aim] = []
    if PEER in few:
        aims += [
            Aim("P9", f"CPU of a cycle / payme-pkg's, {FEW} payers", few[OURS].beside(few[PEER], "cpu"), 0.6, 0.2),
            _rate("P9", f"cycles/s / payme-pkg's, {FEW} payers", few, PEER, 2, 5),
            _rate("", f"cycles/s / payme-pkg's, {MANY} payers", many, PEER, 2, 5),
        ]
    aims.append(_rate("", f"cycles/s / a handler's without rules, {MANY} payers", many, FLOOR, 0.6, 0.8))
    aims += [
        Aim("", f"p99 of {method}, {MANY} payers", many[OURS].quantile(method, 0.99), 50, 25, "ms")
        for method in METHODS
    ]
    failed = sum(of_all[OURS].failed for of_all in results.speed.values())
    aims.append(Aim("", "calls of ours that were refused or not answered", failed, 0, 0, ""))
    for what, report in (("races and repeats", results.races), ("with kill -9, two processes", results.kills)):
        if report is not None:
            aims += [
                Aim("P10", f"{what}, {report.orders} orders: wrong replies", report.faults, 0, 0, ""),
                Aim("P10", f"{what}: orders not granted once", report.granted_otherwise, 0, 0, ""),
            ]
    if results.small is not None and results.large is not None:
        what = f"cycle with {results.stored:,} stored transactions / with 1,000"
        aims.append(Aim("P11", what, results.large.beside(results.small, "typical"), 1.2, 1.05))
    return aims


def _rate(name: str, what: str, of_all: dict[str, Rounds], anchor: str, must: float, stretch: float) -> Aim:
    return Aim(name, what, of_all[OURS].beside(of_all[anchor], "rate"), must, stretch, is_floor=True)


def report(results: Results) -> str:
    head = ("server", "payers", "cycles/s", "CPU ms", "PostgreSQL CPU ms", "cycle ms", *_heads(), "failed")
    rows = [_row(name, payers, rounds) for payers, of_all in results.speed.items() for name, rounds in of_all.items()]
    if results.small is not None and results.large is not None:
        rows += [
            _row(f"ours, {count:,} stored", FEW, rounds)
            for count, rounds in ((1000, results.small), (results.stored, results.large))
        ]
    return f"""{table(head, rows)}

CPU: processor time of a cycle, all three calls together. The server has a core to itself, PostgreSQL and the payers
share another. Milliseconds of a method: p50 / p99.
{_others(results)}{_statements(results)}{_races(results)}
{aims_table(aims_of(results))}"""


def _heads() -> tuple[str, ...]:
    return tuple(method.removesuffix("Transaction") for method in METHODS)


def _row(name: str, payers: int, rounds: Rounds) -> tuple[str, ...]:
    return (
        name,
        str(payers),
        f"{rounds.median('rate'):,.0f}",
        f"{rounds.median('cpu'):.2f}",
        f"{rounds.median('database_cpu'):.2f}",
        f"{rounds.median('typical'):.1f}",
        *(f"{rounds.quantile(method, 0.5):.1f} / {rounds.quantile(method, 0.99):.1f}" for method in METHODS),
        str(rounds.failed),
    )


def _others(results: Results) -> str:
    shares = [each.others for of_all in results.speed.values() for rounds in of_all.values() for each in rounds.each]
    share = statistics.median(shares)
    doubt = ": too much for milliseconds and cycles/s to be believed" if share > QUIET else ""
    return f"Other programs had {100 * share:.0f} % of the processors{doubt}.\n"


def _statements(results: Results) -> str:
    if not results.statements:
        return ""
    each = (f"{method.removesuffix('Transaction')} {count:.1f}" for method, count in results.statements.items())
    counts = ", ".join(each)
    return f"Statements of a call, BEGIN and COMMIT included: {counts}.\n"


def _races(results: Results) -> str:
    lines = [
        f"{what}: {report.orders} orders, {report.calls:,} calls, {report.kills} kills, {report.repeated} again.\n"
        for what, report in (("Races", results.races), ("Races with kills", results.kills))
        if report is not None
    ]
    return "".join(lines)
