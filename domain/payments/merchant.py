"""Payme's Merchant API as use cases, and the one door through which a payment opens what it paid for."""

from collections.abc import Callable, Sequence

from domain.clock import Clock
from domain.errors import DomainError
from domain.notifications.model import NoticeKind
from domain.payments.errors import (
    ChangedMeanwhile,
    ForeignTransaction,
    OrderClosed,
    OrderGone,
    OrderPaid,
    ReceiptGone,
    TransactionClosed,
    TransactionGone,
    WrongAmount,
)
from domain.payments.express import ExpressLane
from domain.payments.model import EntryKind, Order, OrderCode, Rail, RefundRule, Terms, parse_code
from domain.payments.payme import (
    CancelRequest,
    CheckRequest,
    CreateRequest,
    FiscalReceipt,
    Milliseconds,
    NewTransaction,
    StatementRequest,
    Transaction,
    TransactionState,
    is_stale,
    known_payme_id,
    milliseconds,
)
from domain.payments.payme_rail import PaymeRail
from domain.payments.ports import Entry
from domain.payments.settlement import follow_refund
from domain.unit_of_work import Begin, UnitOfWork

Step = Callable[[Transaction, Order, Milliseconds], Transaction]


class PaymeMerchant:
    """One method per method of Payme.

    Every change of a transaction holds its order's row; an effect happens in the same commit as the change of state
    that causes it, and so exactly once however often the provider repeats itself.
    """

    def __init__(
        self, *, begin: Begin, read: Begin, now: Clock, terms: Terms | None = None, express: ExpressLane | None = None
    ) -> None:
        """`express`: the quick way for what is not unusual; without it every payment takes the way that holds the
        order."""
        self._express = express
        self._begin = begin
        self._read = read
        self._now = now
        self._terms = terms or Terms()
        self._rail = PaymeRail()

    async def check_perform(self, request: CheckRequest) -> Order:
        """CheckPerformTransaction: the order, if a payment of this amount may begin now; changes nothing."""
        async with self._read() as uow:
            found = await uow.orders.get(parse_code(request.account))
        if found is None:
            raise OrderGone
        order, living = found
        moment = self._now()
        if request.amount != order.price.tiyin:
            raise WrongAmount
        order.require_payable(moment, is_busy=living is not None and living.seen_at(milliseconds(moment)).is_living)
        return order

    async def create(self, request: CreateRequest) -> Transaction:
        """CreateTransaction: reserve the order for this transaction; repeated, the same transaction again."""
        code = parse_code(request.account)
        quick = await self._express.create(code, request) if self._express is not None else None
        return quick if quick is not None else await self._create_held(code, request)

    async def _create_held(self, code: OrderCode, request: CreateRequest) -> Transaction:
        async with self._begin() as uow:
            order = await uow.orders.lock_code(code)
            if order is None:
                raise OrderGone
            if request.amount != order.price.tiyin:
                raise WrongAmount
            verdict = await self._create(uow, order, request)
            await uow.commit()
        if isinstance(verdict, DomainError):
            raise verdict
        return verdict

    async def _create(self, uow: UnitOfWork, order: Order, request: CreateRequest) -> Transaction | DomainError:
        """A refusal is returned, not raised, because the timeout that was noticed on the way is to be committed."""
        moment = self._now()
        now = milliseconds(moment)
        is_busy = False
        for stored in await uow.orders.rivals(order.id, request.payme_id):
            if stored.order_id != order.id:
                return ForeignTransaction()
            seen = stored.seen_at(now)
            await self._keep(uow, order, stored, seen)
            if stored.payme_id == request.payme_id:
                return seen if seen.state is TransactionState.CREATED else TransactionClosed()
            is_busy = is_busy or seen.is_living
        try:
            order.require_payable(moment, is_busy=is_busy)
        except DomainError as refusal:
            return refusal
        if is_stale(request.time, now):
            return TransactionClosed()
        draft = NewTransaction(
            payme_id=request.payme_id,
            order_id=order.id,
            order_code=order.code,
            time=request.time,
            amount=request.amount,
            create_time=now,
        )
        # The order is held, so only the same id on another order can be in the way here.
        return await uow.orders.add_transaction(draft) or ForeignTransaction()

    async def perform(self, payme_id: str) -> Transaction:
        """PerformTransaction: the money has come. The first time opens the product and tells the student."""
        quick = await self._express.perform(known_payme_id(payme_id)) if self._express is not None else None
        if quick is not None:
            return quick

        def step(transaction: Transaction, _: Order, now: Milliseconds) -> Transaction:
            return transaction.perform(now) if transaction.is_living else transaction

        transaction = await self._change(payme_id, step)
        if transaction.state is not TransactionState.PERFORMED:
            raise TransactionClosed
        return transaction

    async def cancel(self, request: CancelRequest) -> Transaction:
        """CancelTransaction: before performing the order is free again; after it, access ends in the same commit.

        Raises OrderFinal when the operator's rule does not take the service back.
        """

        known = known_payme_id(request.payme_id)
        async with self._begin() as uow:
            locked = await uow.orders.lock_payme(known)
            if locked is None:
                raise TransactionGone
            order, stored = locked
            now = milliseconds(self._now())
            seen = stored.seen_at(now)
            is_final = seen.state is TransactionState.PERFORMED and await self._is_final(uow, order)
            cancelled = seen.cancel(now, request.reason, is_final=is_final)
            await self._keep(uow, order, stored, cancelled)
            await uow.commit()
        return cancelled

    async def _is_final(self, uow: UnitOfWork, order: Order) -> bool:
        """The operator's rule, unless staff wants this very payment returned."""
        match self._terms.refunds:
            case RefundRule.ALWAYS:
                is_kept = False
            case RefundRule.UNUSED:
                is_kept = await uow.orders.is_used(order)
            case RefundRule.NEVER:
                is_kept = True
        return (order.is_final or is_kept) and await uow.orders.refund_request(order.id) is None

    async def check(self, payme_id: str) -> Transaction:
        """CheckTransaction: how the transaction stands."""
        known = known_payme_id(payme_id)
        async with self._read() as uow:
            stored = await uow.orders.transaction(known)
        if stored is None:
            raise TransactionGone
        if stored.seen_at(milliseconds(self._now())) is stored:
            return stored
        return await self._change(payme_id, lambda transaction, _order, _now: transaction)

    async def statement(self, request: StatementRequest) -> Sequence[Transaction]:
        """GetStatement: every transaction that was created, by Payme's time, the oldest first."""
        now = milliseconds(self._now())
        start, end = _clamped(request.start), _clamped(request.end)
        async with self._read() as uow:
            return [stored.seen_at(now) for stored in await uow.orders.statement(start, end)]

    async def set_fiscal_data(self, payme_id: str, receipt: FiscalReceipt) -> None:
        """SetFiscalData: keep the receipt of the payment, or of its refund. Raises ReceiptGone."""
        try:
            known = known_payme_id(payme_id)
        except TransactionGone as error:
            raise ReceiptGone from error
        async with self._begin() as uow:
            transaction = await uow.orders.transaction(known)
            if transaction is None:
                raise ReceiptGone
            await uow.orders.set_receipt(transaction.id, receipt)
            if receipt.is_readable:
                order = await uow.orders.get(transaction.order_code)
                if order is not None:
                    await uow.notifications.add(
                        order[0].user_id,
                        NoticeKind.FISCAL_RECEIPT,
                        f"fiscal:{transaction.id}:{receipt.kind}",
                        {"order_code": transaction.order_code, "kind": receipt.kind.value, "url": receipt.qr_code_url},
                        self._now(),
                    )
            await uow.commit()

    async def _change(self, payme_id: str, step: Step) -> Transaction:
        known = known_payme_id(payme_id)
        async with self._begin() as uow:
            locked = await uow.orders.lock_payme(known)
            if locked is None:
                raise TransactionGone
            order, stored = locked
            now = milliseconds(self._now())
            changed = step(stored.seen_at(now), order, now)
            await self._keep(uow, order, stored, changed)
            await uow.commit()
        return changed

    async def _keep(self, uow: UnitOfWork, order: Order, stored: Transaction, changed: Transaction) -> None:
        """Write what happened to the transaction, and everything that follows from it."""
        if changed.state is stored.state:
            return
        match changed.state:
            case TransactionState.PERFORMED:
                await self._open(uow, order, changed)
            case TransactionState.REFUNDED:
                await self._take_back(uow, order, changed)
            case _:
                _require(await uow.orders.close_transaction(changed))

    async def _open(self, uow: UnitOfWork, order: Order, transaction: Transaction) -> None:
        try:
            await self._rail.confirm(uow, order, transaction, self._now())
        except (OrderPaid, OrderClosed) as error:
            # Another rail was faster, or the order was closed: Payme hears that it cannot be performed, and returns it.
            raise TransactionClosed from error

    async def _take_back(self, uow: UnitOfWork, order: Order, transaction: Transaction) -> None:
        now = self._now()
        entry = Entry(
            kind=EntryKind.REFUND, rail=Rail.PAYME, amount=-transaction.amount, external_id=transaction.payme_id
        )
        refunded = order.refund(now)
        _require(await uow.orders.settle(transaction, TransactionState.PERFORMED, refunded, entry))
        await follow_refund(uow, refunded, now)


def _require(is_kept: bool) -> None:
    if not is_kept:
        raise ChangedMeanwhile


def _clamped(value: int) -> Milliseconds:
    """Into what the database's bigint holds; no moment is beyond it."""
    return Milliseconds(max(0, min(value, 2**63 - 1)))
