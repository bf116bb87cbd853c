"""Receipts of transfers on the real schema, alone and in races."""

import asyncpg
import pytest

from db.engine import Pool
from domain.errors import DomainError
from domain.learning.model import ProductKind
from domain.payments.cash_rail import CashRail
from domain.payments.errors import OrderBusy, OrderPaid, ProofDecided
from domain.payments.model import Order, OrderState, Rail
from domain.payments.payme import Transaction
from domain.payments.payme_rail import PaymeRail
from domain.payments.proof_service import WAITING_SHOWN, ProofService
from domain.payments.proofs import PaymentProof, ProofId, ProofState, RejectReason
from domain.payments.rails import Rails
from domain.users.model import UserId
from tests.db.payments_world import ADMIN, World, make_world
from tests.db.test_payments_races import together
from tests.domain.payments.fakes import ALI, NOON, VALI, payme_id
from tests.domain.payments.proof_fakes import photo

ANORA, RUSTAM = UserId(ADMIN), UserId(902)
ROUNDS = 20


def proof_service(world: World) -> ProofService:
    rails = Rails((PaymeRail(), CashRail("Uzcard 8600")), dict.fromkeys(ProductKind, (Rail.PAYME, Rail.CASH)))
    return ProofService(begin=world.begin, read=world.read, now=world.clock, rails=rails)


async def add_admin(pool: Pool, admin_id: UserId, name: str) -> None:
    await pool.execute(
        "insert into users (id, full_name, username, language, role, step, timezone, created_at)"
        " values ($1, $2, 'rustam', 'ru', 'admin', 'done', 'Asia/Tashkent', $3)",
        admin_id,
        name,
        NOON,
    )


@pytest.fixture
async def world(pool: Pool) -> World:
    made = await make_world(pool)
    await add_admin(pool, RUSTAM, "Rustam")
    return made


@pytest.fixture
def proofs(world: World) -> ProofService:
    return proof_service(world)


async def sent(world: World, proofs: ProofService, number: int = 1) -> PaymentProof:
    order = await world.payments.buy(ALI, world.course)
    return await proofs.submit(ALI, order.code, photo(number))


async def history(world: World) -> list[tuple[str, int | None]]:
    rows = await world.pool.fetch("select event, actor_id from payment_history order by id")
    return [(row["event"], row["actor_id"]) for row in rows]


async def test_a_receipt_comes_back_as_it_was_sent(world: World, proofs: ProofService) -> None:
    proof = await sent(world, proofs)

    page = await proofs.proof(ANORA, proof.id)
    assert page.proof == proof
    assert (page.order.reserved_by, page.order.reserved_until) == (Rail.CASH, None)
    assert (page.student.full_name, page.decider, page.successor_id) == ("Ali", None, None)
    assert (await proofs.transfer(ALI, proof.order_code)).proof == proof


async def test_a_confirmation_pays_opens_tells_and_is_history_in_one_commit(world: World, proofs: ProofService) -> None:
    proof = await sent(world, proofs)

    await proofs.confirm(ANORA, proof.id)

    account = await world.payments.account(proof.order_code)
    assert (account.order.state, account.order.paid_by, account.is_open) == (OrderState.PAID, Rail.CASH, True)
    assert account.order.reserved_by is None
    entry = await world.pool.fetchrow("select rail, external_id, amount_tiyin from payment_entries")
    assert entry is not None
    assert tuple(entry.values()) == ("cash", f"proof:{proof.id}", account.order.price.tiyin)
    assert await history(world) == [
        ("ordered", ALI),
        ("proof_sent", ALI),
        ("proof_confirmed", ANORA),
        ("paid", None),
    ]
    kinds = await world.pool.fetch("select user_id, kind from notifications order by id")
    assert [tuple(row.values()) for row in kinds] == [
        (ANORA, "proof_waiting"),
        (RUSTAM, "proof_waiting"),
        (ALI, "payment_performed"),
    ]


async def test_a_rejection_frees_the_order_and_keeps_the_reason(world: World, proofs: ProofService) -> None:
    proof = await sent(world, proofs)
    world.clock.forward(days=2)

    await proofs.reject(RUSTAM, proof.id, "  Boshqa\nodamning cheki ")

    page = await proofs.proof(ANORA, proof.id)
    order = await world.payments.order(ALI, proof.order_code)
    assert (page.proof.state, page.proof.reason) == (ProofState.REJECTED, "Boshqa odamning cheki")
    assert page.decider is not None
    assert page.decider.full_name == "Rustam"
    assert (order.state, order.reserved_by) == (OrderState.OPEN, None)
    assert (order.expires_at - world.clock()).total_seconds() == 86_400
    again = await proofs.submit(ALI, proof.order_code, photo(2))
    assert (await proofs.proof(ANORA, proof.id)).successor_id == again.id


async def test_a_replaced_receipt_is_taken_back_and_the_new_one_waits(world: World, proofs: ProofService) -> None:
    first = await sent(world, proofs)

    second = await proofs.submit(ALI, first.order_code, photo(2))

    assert (await proofs.proof(ANORA, first.id)).proof.state is ProofState.WITHDRAWN
    waiting = await proofs.waiting(ANORA)
    assert (waiting.count, [line.id for line in waiting.oldest]) == (1, [second.id])
    assert await world.count("notifications") == 2


async def test_the_list_shows_the_oldest_and_counts_all(world: World, proofs: ProofService) -> None:
    orders = await world.payments.make_test_orders(WAITING_SHOWN + 2)
    await world.pool.execute("update orders set user_id = $1", ALI)
    made = [await proofs.submit(ALI, order.code, photo(number)) for number, order in enumerate(orders)]

    waiting = await proofs.waiting(ANORA)
    page = await proofs.proof(ANORA, made[0].id)

    assert waiting.count == len(made)
    assert [line.id for line in waiting.oldest] == [proof.id for proof in made[:WAITING_SHOWN]]
    assert (waiting.oldest[0].student_name, waiting.oldest[0].price) == ("Ali", orders[0].price)
    assert (page.next_id, page.waiting_count) == (made[1].id, len(made) - 1)


async def test_the_same_file_or_content_for_another_order_is_named(world: World, proofs: ProofService) -> None:
    first = await sent(world, proofs)
    await proofs.note_kept(first.id, "ab" * 32)
    other = await world.payments.buy(VALI, world.course)
    same_file = await proofs.submit(VALI, other.code, photo())
    third = await world.payments.buy(VALI, world.lesson)
    same_content = await proofs.submit(VALI, third.code, photo(2))
    assert not (await proofs.proof(ANORA, same_content.id)).twins

    await proofs.note_kept(same_content.id, "ab" * 32)

    for proof in (same_file, same_content):
        (twin,) = (await proofs.proof(ANORA, proof.id)).twins
        assert (twin.order_code, twin.student_name, twin.state) == (first.order_code, "Ali", ProofState.WAITING)


async def test_an_original_is_noted_and_not_asked_for_again(world: World, proofs: ProofService) -> None:
    proof = await sent(world, proofs)
    job = await world.pool.fetchrow("select entrypoint, payload from pgqueuer where entrypoint = 'keep_proof'")
    assert job is not None
    assert await proofs.unkept(proof.id) == proof

    await proofs.note_kept(proof.id, "cd" * 32)

    assert await proofs.unkept(proof.id) is None
    assert (await proofs.proof(ANORA, proof.id)).proof.sha256 == "cd" * 32


async def test_the_schema_keeps_one_living_receipt_an_order_and_no_half_decision(
    world: World, proofs: ProofService
) -> None:
    proof = await sent(world, proofs)
    insert = (
        "insert into payment_proofs (order_id, user_id, file_id, file_unique_id, is_photo, sent_at)"
        " values ($1, $2, 'f', 'u', true, now())"
    )

    with pytest.raises(asyncpg.UniqueViolationError):
        await world.pool.execute(insert, proof.order_id, ALI)
    for half in (
        "update payment_proofs set state = 'confirmed' where id = $1",
        "update payment_proofs set state = 'rejected', decided_by = user_id, decided_at = now() where id = $1",
        "update payment_proofs set state = 'lost', decided_by = user_id, decided_at = now() where id = $1",
    ):
        with pytest.raises(asyncpg.CheckViolationError):
            await world.pool.execute(half, proof.id)


async def test_of_many_admins_who_confirm_at_once_one_does_and_the_rest_hear_so(
    world: World, proofs: ProofService
) -> None:
    proof = await sent(world, proofs)

    outcomes = await together([proofs.confirm((ANORA, RUSTAM)[number % 2], proof.id) for number in range(50)])

    assert sum(isinstance(outcome, Order) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, ProofDecided) for outcome in outcomes) == len(outcomes) - 1
    assert await world.count("payment_entries") == 1
    assert await world.count("access_grants") == 1
    assert await world.count("notifications", "kind = 'payment_performed'") == 1
    assert await world.count("payment_history", "event in ('paid', 'proof_confirmed')") == 2


async def test_confirm_against_withdraw_leaves_one_story(world: World, proofs: ProofService) -> None:
    for number in range(ROUNDS):
        world.clock.forward(hours=3)
        (order,) = await world.payments.make_test_orders(1)
        await world.pool.execute("update orders set user_id = $1", ALI)
        proof = await proofs.submit(ALI, order.code, photo(number))
        calls = [proofs.confirm(ANORA, proof.id), proofs.withdraw(ALI, order.code)]

        outcomes = await together(calls[::-1] if number % 2 else calls)

        confirmed, _withdrawn = outcomes[::-1] if number % 2 else outcomes
        end = await proofs.proof(ANORA, proof.id)
        entries = await world.count("payment_entries", f"order_id = {order.id}")
        if isinstance(confirmed, Order):
            told = (ProofState.CONFIRMED, OrderState.PAID, 1)
        else:
            assert isinstance(confirmed, ProofDecided)
            told = (ProofState.WITHDRAWN, OrderState.OPEN, 0)
        assert (end.proof.state, end.order.state, entries) == told


async def test_confirm_against_reject_and_replace_leaves_one_story(world: World, proofs: ProofService) -> None:
    for number in range(ROUNDS):
        world.clock.forward(hours=3)
        (order,) = await world.payments.make_test_orders(1)
        await world.pool.execute("update orders set user_id = $1", ALI)
        proof = await proofs.submit(ALI, order.code, photo(2 * number))
        calls = [
            proofs.confirm(ANORA, proof.id),
            proofs.reject(RUSTAM, proof.id, RejectReason.NOT_FOUND),
            proofs.submit(ALI, order.code, photo(2 * number + 1)),
        ]

        turn = number % 3
        outcomes = await together(calls[turn:] + calls[:turn])

        confirmed, rejected, replaced = outcomes[3 - turn :] + outcomes[: 3 - turn]
        states = await world.pool.fetch("select state from payment_proofs where order_id = $1 order by id", order.id)
        end = [row["state"] for row in states]
        account = await world.payments.account(order.code)
        if isinstance(confirmed, Order):
            assert isinstance(rejected, ProofDecided)
            assert isinstance(replaced, OrderPaid)
            assert (end, account.order.state) == (["confirmed"], OrderState.PAID)
        elif isinstance(rejected, PaymentProof):
            assert end in (["rejected", "waiting"], ["rejected"])
            assert account.order.state is OrderState.OPEN
        else:
            assert isinstance(replaced, PaymentProof)
            assert end == ["withdrawn", "waiting"]
        assert (account.order.reserved_by is Rail.CASH) == ("waiting" in end)


async def test_submit_against_payme_create_lets_one_of_the_two_begin(world: World, proofs: ProofService) -> None:
    for number in range(ROUNDS):
        world.clock.forward(hours=3)
        (order,) = await world.payments.make_test_orders(1)
        await world.pool.execute("update orders set user_id = $1", ALI)
        calls = [
            proofs.submit(ALI, order.code, photo(number)),
            world.create(payme_id(number), order.code, order.price.tiyin),
        ]

        outcomes = await together(calls[::-1] if number % 2 else calls)

        begun = [outcome for outcome in outcomes if isinstance(outcome, PaymentProof | Transaction)]
        assert len(begun) == 1
        assert sum(isinstance(outcome, OrderBusy) for outcome in outcomes) == 1


async def test_payme_create_never_gets_in_while_a_receipt_is_confirmed(world: World, proofs: ProofService) -> None:
    for number in range(ROUNDS):
        world.clock.forward(hours=3)
        (order,) = await world.payments.make_test_orders(1)
        await world.pool.execute("update orders set user_id = $1", ALI)
        proof = await proofs.submit(ALI, order.code, photo(number))
        calls = [proofs.confirm(ANORA, proof.id), world.create(payme_id(number), order.code, order.price.tiyin)]

        outcomes = await together(calls[::-1] if number % 2 else calls)

        confirmed, created = outcomes[::-1] if number % 2 else outcomes
        assert isinstance(confirmed, Order)
        assert isinstance(created, OrderBusy | OrderPaid)
    assert await world.count("payme_transactions") == 0
    assert await world.count("payment_entries") == ROUNDS


async def test_the_same_receipt_sent_many_times_at_once_is_one(world: World, proofs: ProofService) -> None:
    order = await world.payments.buy(ALI, world.course)

    outcomes = await together([proofs.submit(ALI, order.code, photo()) for _ in range(30)])

    assert len({outcome.id for outcome in outcomes if isinstance(outcome, PaymentProof)}) == 1
    assert not any(isinstance(outcome, DomainError) for outcome in outcomes)
    assert await world.count("payment_proofs") == 1


async def test_a_number_that_names_nothing_is_no_receipt(world: World, proofs: ProofService) -> None:
    async with world.read() as uow:
        assert await uow.proofs.get(ProofId(10**15 - 1)) is None
