"""More ways to pay: Stars, proofs of transfers, refunds on request, and histories that write themselves."""

from alembic import op

revision = "0009_rails"
down_revision = "0008_tutor"
branch_labels = None
depends_on = None

NEW_FUNCTIONS = (
    """
    create function note_role() returns trigger language plpgsql as $$
    begin
        insert into audit_log (at, actor_id, action, subject_id, data)
        values (now(), nullif(current_setting('ustoz.actor', true), '')::bigint, 'role', new.id,
            jsonb_build_object('from', case when tg_op = 'UPDATE' then old.role end, 'to', new.role));
        return null;
    end
    $$
    """,
    """
    create function note_order() returns trigger language plpgsql as $$
    begin
        if tg_op = 'INSERT' then
            insert into payment_history (order_id, at, event, actor_id, data)
            values (new.id, new.created_at, 'ordered', new.user_id, jsonb_build_object('price', new.price_tiyin));
        elsif new.state <> old.state then
            insert into payment_history (order_id, at, event, data)
            values (new.id, coalesce(new.closed_at, new.paid_at), new.state, jsonb_build_object('rail', new.paid_by));
        end if;
        return null;
    end
    $$
    """,
    """
    create function note_payme_transaction() returns trigger language plpgsql as $$
    begin
        if tg_op = 'INSERT' then
            insert into payment_history (order_id, at, event, data)
            values (new.order_id, to_timestamp(new.create_time / 1000.0), 'payme_created',
                jsonb_build_object('payme_id', new.payme_id));
        elsif new.state <> old.state then
            insert into payment_history (order_id, at, event, data)
            values (new.order_id, to_timestamp(greatest(new.perform_time, new.cancel_time) / 1000.0),
                case new.state when 2 then 'payme_performed' when -1 then 'payme_cancelled' else 'payme_refunded' end,
                jsonb_build_object('payme_id', new.payme_id, 'reason', new.reason));
        end if;
        return null;
    end
    $$
    """,
    """
    create function note_star_payment() returns trigger language plpgsql as $$
    begin
        if new.order_id is null then
            return null;
        elsif tg_op = 'INSERT' then
            insert into payment_history (order_id, at, event, data)
            values (new.order_id, new.paid_at, case when new.is_surplus then 'stars_surplus' else 'stars_paid' end,
                jsonb_build_object('charge_id', new.charge_id, 'stars', new.stars));
        elsif new.refunded_at is not null and old.refunded_at is null then
            insert into payment_history (order_id, at, event, data)
            values (new.order_id, new.refunded_at, 'stars_refunded',
                jsonb_build_object('charge_id', new.charge_id, 'stars', new.stars));
        end if;
        return null;
    end
    $$
    """,
    """
    create function note_payment_proof() returns trigger language plpgsql as $$
    begin
        if tg_op = 'INSERT' then
            insert into payment_history (order_id, at, event, actor_id, data)
            values (new.order_id, new.sent_at, 'proof_sent', new.user_id, jsonb_build_object('proof_id', new.id));
        elsif new.state <> old.state then
            insert into payment_history (order_id, at, event, actor_id, data)
            values (new.order_id, new.decided_at, 'proof_' || new.state, new.decided_by,
                jsonb_build_object('proof_id', new.id, 'reason', new.reason));
        end if;
        return null;
    end
    $$
    """,
    """
    create function note_refund_request() returns trigger language plpgsql as $$
    begin
        if tg_op = 'INSERT' then
            insert into payment_history (order_id, at, event, actor_id, data)
            values (new.order_id, new.requested_at, 'refund_requested', new.requested_by,
                jsonb_build_object('reason', new.reason));
        elsif new.state <> old.state then
            insert into payment_history (order_id, at, event, actor_id, data)
            values (new.order_id, new.closed_at, 'refund_' || new.state, new.closed_by, '{}');
        end if;
        return null;
    end
    $$
    """,
    """
    create function note_fiscal_receipt() returns trigger language plpgsql as $$
    begin
        insert into payment_history (order_id, at, event, data)
        select t.order_id, now(), 'fiscal_receipt',
            jsonb_build_object('kind', new.kind, 'status_code', new.status_code, 'url', new.qr_code_url)
        from payme_transactions t where t.id = new.transaction_id;
        return null;
    end
    $$
    """,
    """
    create function refund_needs_payment() returns trigger language plpgsql as $$
    begin
        if not exists (select from payment_entries e
            where e.order_id = new.order_id and e.kind = 'payment' and e.rail = new.rail
            and e.amount_tiyin = -new.amount_tiyin)
        then
            raise exception 'a refund returns what was paid' using errcode = 'check_violation';
        end if;
        return new;
    end
    $$
    """,
)

WRITERS = (
    ("orders", "note_order", "after insert or update of state"),
    ("payme_transactions", "note_payme_transaction", "after insert or update of state"),
    ("star_payments", "note_star_payment", "after insert or update of refunded_at"),
    ("payment_proofs", "note_payment_proof", "after insert or update of state"),
    ("refund_requests", "note_refund_request", "after insert or update of state"),
    ("fiscal_receipts", "note_fiscal_receipt", "after insert or update"),
)
"""Who writes the history: tables, so that no program can forget to."""


def upgrade() -> None:
    op.execute(
        """
        alter table orders
            alter course_id drop not null,
            drop constraint ck_orders_product_kind,
            add constraint ck_orders_product_kind check (product_kind in ('course', 'lesson', 'tuition')),
            add constraint ck_orders_course check ((product_kind = 'tuition') = (course_id is null)),
            add column stars integer,
            add constraint ck_orders_stars_positive check (stars > 0),
            add column reserved_by varchar,
            add column reserved_until timestamptz,
            add constraint ck_orders_reserved_by check (reserved_by in ('stars', 'cash')),
            add constraint ck_orders_reserved
                check (reserved_by is not null and state = 'open' or reserved_by is null and reserved_until is null),
            add column paid_by varchar
        """
    )
    op.execute("update orders set paid_by = 'payme' where paid_at is not null")
    op.execute(
        """
        alter table orders
            add constraint ck_orders_paid_by check (paid_by in ('payme', 'stars', 'cash')),
            add constraint ck_orders_paid check ((paid_at is null) = (paid_by is null))
        """
    )
    op.execute("create index ix_orders_open on orders (expires_at) where state = 'open'")
    op.execute("create index ix_orders_created_at on orders (created_at)")
    op.execute(
        """
        alter table courses
            add column price_stars integer,
            add constraint ck_courses_price_stars_positive check (price_stars > 0),
            add column fiscal jsonb
        """
    )
    op.execute(
        """
        alter table lessons
            add column price_stars integer,
            add constraint ck_lessons_price_stars_positive check (price_stars > 0)
        """
    )
    op.execute(
        """
        create table star_payments (
            charge_id varchar not null,
            order_id bigint,
            user_id bigint not null,
            stars integer not null,
            is_surplus boolean not null,
            paid_at timestamptz not null,
            refunded_at timestamptz,
            constraint pk_star_payments primary key (charge_id),
            constraint fk_star_payments_order_id_orders foreign key (order_id) references orders (id),
            constraint fk_star_payments_user_id_users foreign key (user_id) references users (id),
            constraint ck_star_payments_stars_positive check (stars > 0),
            constraint ck_star_payments_order check (order_id is not null or is_surplus)
        )
        """
    )
    op.execute("create unique index uq_star_payments_one_accepted on star_payments (order_id) where not is_surplus")
    op.execute("create index ix_star_payments_order_id on star_payments (order_id)")
    op.execute("create index ix_star_payments_paid_at on star_payments (paid_at)")
    op.execute("create index ix_star_payments_refunded_at on star_payments (refunded_at)")
    op.execute(
        """
        create table payment_proofs (
            id bigint generated by default as identity,
            order_id bigint not null,
            user_id bigint not null,
            file_id varchar not null,
            file_unique_id varchar not null,
            is_photo boolean not null,
            sha256 varchar,
            state varchar not null default 'waiting',
            sent_at timestamptz not null,
            decided_by bigint,
            decided_at timestamptz,
            reason varchar,
            constraint pk_payment_proofs primary key (id),
            constraint fk_payment_proofs_order_id_orders foreign key (order_id) references orders (id),
            constraint fk_payment_proofs_user_id_users foreign key (user_id) references users (id),
            constraint fk_payment_proofs_decided_by_users foreign key (decided_by) references users (id),
            constraint ck_payment_proofs_state check (state in ('waiting', 'confirmed', 'rejected', 'withdrawn')),
            constraint ck_payment_proofs_decided
                check ((state = 'waiting') = (decided_at is null) and (decided_at is null) = (decided_by is null)),
            constraint ck_payment_proofs_reason check ((state = 'rejected') = (reason is not null))
        )
        """
    )
    op.execute(
        "create unique index uq_payment_proofs_one_living on payment_proofs (order_id)"
        " where state in ('waiting', 'confirmed')"
    )
    op.execute("create index ix_payment_proofs_order_id on payment_proofs (order_id)")
    op.execute("create index ix_payment_proofs_file_unique_id on payment_proofs (file_unique_id)")
    op.execute("create index ix_payment_proofs_sha256 on payment_proofs (sha256)")
    op.execute("create index ix_payment_proofs_user_id_sent_at on payment_proofs (user_id, sent_at)")
    op.execute("create index ix_payment_proofs_decided_at on payment_proofs (decided_at)")
    op.execute("create index ix_payment_proofs_waiting on payment_proofs (id) where state = 'waiting'")
    op.execute(
        """
        create table refund_requests (
            id bigint generated by default as identity,
            order_id bigint not null,
            requested_by bigint not null,
            reason varchar not null,
            state varchar not null default 'requested',
            requested_at timestamptz not null,
            closed_by bigint,
            closed_at timestamptz,
            constraint pk_refund_requests primary key (id),
            constraint fk_refund_requests_order_id_orders foreign key (order_id) references orders (id),
            constraint fk_refund_requests_requested_by_users foreign key (requested_by) references users (id),
            constraint fk_refund_requests_closed_by_users foreign key (closed_by) references users (id),
            constraint ck_refund_requests_state check (state in ('requested', 'withdrawn', 'settled')),
            constraint ck_refund_requests_closed check ((state = 'requested') = (closed_at is null))
        )
        """
    )
    op.execute(
        "create unique index uq_refund_requests_one_living on refund_requests (order_id)"
        " where state in ('requested', 'settled')"
    )
    op.execute(
        """
        alter table payment_entries
            add column stars integer,
            add constraint ck_payment_entries_rail check (rail in ('payme', 'stars', 'cash')),
            add constraint ck_payment_entries_stars check ((rail = 'stars') = (stars is not null))
        """
    )
    op.execute("create index ix_payment_entries_created_at on payment_entries (created_at)")
    op.execute(
        """
        create table payment_history (
            id bigint generated always as identity,
            order_id bigint not null,
            at timestamptz not null,
            event varchar not null,
            actor_id bigint,
            data jsonb not null default '{}',
            constraint pk_payment_history primary key (id),
            constraint fk_payment_history_order_id_orders foreign key (order_id) references orders (id)
        )
        """
    )
    op.execute("create index ix_payment_history_order_id_id on payment_history (order_id, id)")
    op.execute(
        """
        insert into payment_history (order_id, at, event, actor_id, data)
        select o.id, o.created_at, 'ordered', o.user_id, jsonb_build_object('price', o.price_tiyin)
        from orders o order by o.id
        """
    )
    op.execute(
        """
        insert into payment_history (order_id, at, event, data)
        select o.id, coalesce(o.closed_at, o.paid_at), o.state, jsonb_build_object('rail', o.paid_by)
        from orders o where o.state <> 'open' order by o.id
        """
    )
    op.execute(
        """
        create table audit_log (
            id bigint generated always as identity,
            at timestamptz not null,
            actor_id bigint,
            action varchar not null,
            subject_id bigint not null,
            data jsonb not null,
            constraint pk_audit_log primary key (id)
        )
        """
    )
    for function in NEW_FUNCTIONS:
        op.execute(function)
    for table, function, when in WRITERS:
        op.execute(f"create trigger {table}_history {when} on {table} for each row execute function {function}()")
    op.execute(
        """
        create trigger users_role_given after insert on users
        for each row when (new.role <> 'student') execute function note_role()
        """
    )
    op.execute(
        """
        create trigger users_role_changed after update of role on users
        for each row when (new.role <> old.role) execute function note_role()
        """
    )
    op.execute(
        """
        create trigger payment_entries_refund before insert on payment_entries
        for each row when (new.kind = 'refund') execute function refund_needs_payment()
        """
    )
    for table in ("payment_history", "audit_log"):
        op.execute(
            f"create trigger {table}_append_only before update or delete on {table}"
            " for each row execute function refuse_change()"
        )
    for table in ("payment_history", "audit_log", "payment_entries"):
        op.execute(
            f"create trigger {table}_stays before truncate on {table}"
            " for each statement execute function refuse_change()"
        )
    # PostgreSQL lets one notifying transaction commit at a time: whoever says `later` notifies after its own commit.
    op.execute(
        """
        create or replace trigger tg_pgqueuer_changed after insert or update or delete or truncate on pgqueuer
        for each statement when (current_setting('ustoz.bell', true) is distinct from 'later')
        execute function fn_pgqueuer_changed()
        """
    )


def downgrade() -> None:
    op.execute(
        """
        create or replace trigger tg_pgqueuer_changed after insert or update or delete or truncate on pgqueuer
        for each statement execute function fn_pgqueuer_changed()
        """
    )
    op.execute("drop trigger users_role_changed on users")
    op.execute("drop trigger users_role_given on users")
    op.execute("drop function note_role()")
    op.execute("drop table audit_log")
    op.execute("drop trigger payment_entries_stays on payment_entries")
    op.execute("drop trigger payment_entries_refund on payment_entries")
    for table, _function, _when in WRITERS:
        op.execute(f"drop trigger {table}_history on {table}")
    for _table, function, _when in WRITERS:
        op.execute(f"drop function {function}()")
    op.execute("drop function refund_needs_payment()")
    op.execute("drop table payment_history")
    op.execute("drop index ix_payment_entries_created_at")
    op.execute("alter table payment_entries drop constraint ck_payment_entries_rail, drop column stars")
    op.execute("drop table refund_requests")
    op.execute("drop table payment_proofs")
    op.execute("drop table star_payments")
    op.execute("alter table lessons drop column price_stars")
    op.execute("alter table courses drop column price_stars, drop column fiscal")
    op.execute("drop index ix_orders_created_at")
    op.execute("drop index ix_orders_open")
    # What this release alone could sell cannot be told in the tables of the one before.
    op.execute("alter table payment_entries disable trigger payment_entries_append_only")
    op.execute("delete from payment_entries e using orders o where o.id = e.order_id and o.course_id is null")
    op.execute("alter table payment_entries enable trigger payment_entries_append_only")
    op.execute(
        "delete from fiscal_receipts r using payme_transactions t, orders o"
        " where t.id = r.transaction_id and o.id = t.order_id and o.course_id is null"
    )
    op.execute("delete from payme_transactions t using orders o where o.id = t.order_id and o.course_id is null")
    op.execute("delete from orders where course_id is null")
    op.execute(
        """
        alter table orders
            drop column paid_by,
            drop column reserved_until,
            drop column reserved_by,
            drop column stars,
            drop constraint ck_orders_course,
            drop constraint ck_orders_product_kind,
            add constraint ck_orders_product_kind check (product_kind in ('course', 'lesson')),
            alter course_id set not null
        """
    )
