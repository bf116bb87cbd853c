"""Issuing bills and reminding of them. Whoever calls this holds the schedule's row and commits."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from domain.notifications.model import NoticeKind
from domain.notifications.quiet import next_allowed
from domain.tuition.account import Account, BillLine, BillState
from domain.tuition.model import FORGOTTEN_AFTER, ISSUED_AHEAD, Bill, Stage, stage_on
from domain.unit_of_work import UnitOfWork
from domain.users.model import UserId


async def issue_due(
    uow: UnitOfWork, accounts: Sequence[Account], today: date, now: datetime, *, until: date | None = None
) -> Sequence[Account]:
    """Issue every bill that is due up to `until`, three days from today by default, and tell what is to be told.

    After any downtime this catches up: each month has one bill however often it is asked for, and of the messages that
    were missed only the newest one goes out. The accounts with their new bills.
    """
    bills = [bill for account in accounts for bill in account.owed(until or today + ISSUED_AHEAD)]
    issued = await uow.tuition.issue(bills, now)
    changed = _with(accounts, issued)
    new = {bill.id for bill in issued}
    for account in changed:
        for line in account.lines(today):
            if line.left:
                await _remind(uow, account, line, today, now)
            elif line.bill.id in new:
                await _tell_covered(uow, account, line.bill, today, now)
    late = [
        line.bill.id
        for account in changed
        for line in account.lines(today)
        if line.state is BillState.OVERDUE and line.bill.overdue_since is None
    ]
    if late:
        await uow.tuition.mark_overdue(late, today)
    return changed


def _with(accounts: Sequence[Account], issued: Sequence[Bill]) -> Sequence[Account]:
    by_student: dict[UserId, list[Bill]] = {}
    for bill in issued:
        by_student.setdefault(bill.user_id, []).append(bill)
    return [
        replace(account, bills=(*account.bills, *by_student.get(account.member.user_id, ()))) for account in accounts
    ]


async def _remind(uow: UnitOfWork, account: Account, line: BillLine, today: date, now: datetime) -> None:
    stage: Stage | None = stage_on(line.bill.due_on, today)
    if stage is not None:
        await uow.notifications.add(
            account.member.user_id,
            NoticeKind.BILL,
            f"bill:{line.bill.id}:{stage}",
            {"bill_id": line.bill.id, "stage": stage.value},
            now,
            not_before=next_allowed(now, account.member.timezone),
        )


async def _tell_covered(uow: UnitOfWork, account: Account, bill: Bill, today: date, now: datetime) -> None:
    if today <= bill.due_on + FORGOTTEN_AFTER:
        await uow.notifications.add(
            account.member.user_id,
            NoticeKind.BILL_COVERED,
            f"bill:{bill.id}:covered",
            {"bill_id": bill.id},
            now,
            not_before=next_allowed(now, account.member.timezone),
        )
