"""Item statistics and the Rasch scale of quizzes"""

from alembic import op

revision = "0022_item_statistics"
down_revision = "0021_review"
branch_labels = None
depends_on = None

_FOLD = """
create function fold_attempts(ids bigint[], sign integer) returns void language plpgsql as $$
begin
    -- The rest of an attempt is the share of its other questions that were right, in ten-thousandths: whole numbers
    -- add up and are taken away again exactly. What was not answered in time was not right.
    with taken as (
        select a.id, a.quiz_id, asked.id as question_id, q.kind, cardinality(a.question_ids) as total, x.response,
            x.seconds, x.answered_at is not null as is_answered, coalesce(x.is_correct, false)::int as is_right,
            sum(coalesce(x.is_correct, false)::int) over (partition by a.id) as score
        from attempts a cross join lateral unnest(a.question_ids) as asked (id)
        join questions q on q.id = asked.id
        left join answers x on x.attempt_id = a.id and x.question_id = asked.id
        where a.id = any (ids)
    ),
    rested as (
        select t.*,
            case when t.total > 1 then round(10000.0 * (t.score - t.is_right) / (t.total - 1))::bigint end as rest
        from taken t
    ),
    items as (
        insert into item_statistics as s (quiz_id, question_id, asked, answered, correct, timed, seconds, rested,
            rested_correct, rest_sum, rest_squares, rest_correct)
        select r.quiz_id, r.question_id, sign * count(*), sign * count(*) filter (where r.is_answered),
            sign * sum(r.is_right), sign * count(r.seconds),
            sign * coalesce(sum(least(r.seconds, 600)) filter (where r.seconds is not null), 0),
            sign * count(r.rest), sign * coalesce(sum(r.is_right) filter (where r.rest is not null), 0),
            sign * coalesce(sum(r.rest), 0), sign * coalesce(sum(r.rest * r.rest), 0),
            sign * coalesce(sum(r.rest * r.is_right), 0)
        from rested r group by r.quiz_id, r.question_id order by r.quiz_id, r.question_id
        on conflict (quiz_id, question_id) do update set asked = s.asked + excluded.asked,
            answered = s.answered + excluded.answered, correct = s.correct + excluded.correct,
            timed = s.timed + excluded.timed, seconds = s.seconds + excluded.seconds,
            rested = s.rested + excluded.rested, rested_correct = s.rested_correct + excluded.rested_correct,
            rest_sum = s.rest_sum + excluded.rest_sum, rest_squares = s.rest_squares + excluded.rest_squares,
            rest_correct = s.rest_correct + excluded.rest_correct
    )
    insert into item_choices as s (quiz_id, question_id, option, chosen, rested, rest_sum)
    select r.quiz_id, r.question_id, o.option::smallint, sign * count(*), sign * count(r.rest),
        sign * coalesce(sum(r.rest), 0)
    from rested r cross join lateral jsonb_array_elements_text(r.response -> 'options') as o (option)
    where r.kind in ('single', 'multiple', 'true_false') and r.response is not null
    group by r.quiz_id, r.question_id, o.option order by r.quiz_id, r.question_id, o.option
    on conflict (quiz_id, question_id, option) do update set chosen = s.chosen + excluded.chosen,
        rested = s.rested + excluded.rested, rest_sum = s.rest_sum + excluded.rest_sum;
end
$$
"""

_UNFOLD = """
create function unfold_attempt() returns trigger language plpgsql as $$
begin
    -- The lock waits for a fold that is under way; it saw the answer as it was before.
    perform from attempts a where a.id = old.attempt_id for update;
    update attempts a set folded_at = null where a.id = old.attempt_id and a.folded_at is not null;
    if found then
        perform fold_attempts(array[old.attempt_id], -1);
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end
$$
"""


def upgrade() -> None:
    op.execute("alter table attempts add column folded_at timestamptz")
    op.execute(
        "create index ix_attempts_unfolded on attempts (id)"
        " where folded_at is null and finished_at is not null and waiting_count = 0 and number = 1"
    )
    op.execute("create index ix_attempts_quiz_id_folded on attempts (quiz_id, id) where folded_at is not null")
    op.execute("create index ix_attempts_quiz_id_finished on attempts (quiz_id, id) where finished_at is not null")
    op.execute(
        """
        create table item_statistics (
            quiz_id bigint not null,
            question_id bigint not null,
            asked bigint not null,
            answered bigint not null,
            correct bigint not null,
            timed bigint not null,
            seconds bigint not null,
            rested bigint not null,
            rested_correct bigint not null,
            rest_sum bigint not null,
            rest_squares bigint not null,
            rest_correct bigint not null,
            constraint pk_item_statistics primary key (quiz_id, question_id),
            constraint fk_item_statistics_quiz_id_quizzes foreign key (quiz_id) references quizzes (id),
            constraint fk_item_statistics_question_id_questions foreign key (question_id) references questions (id)
        )
        """
    )
    op.execute(
        """
        create table item_choices (
            quiz_id bigint not null,
            question_id bigint not null,
            option smallint not null,
            chosen bigint not null,
            rested bigint not null,
            rest_sum bigint not null,
            constraint pk_item_choices primary key (quiz_id, question_id, option),
            constraint fk_item_choices_quiz_id_quizzes foreign key (quiz_id) references quizzes (id),
            constraint fk_item_choices_question_id_questions foreign key (question_id) references questions (id)
        )
        """
    )
    op.execute(
        """
        create table quiz_scales (
            quiz_id bigint not null,
            people integer not null,
            mean double precision not null,
            spread double precision not null,
            difficulties jsonb not null,
            calibrated_at timestamptz not null,
            constraint pk_quiz_scales primary key (quiz_id),
            constraint fk_quiz_scales_quiz_id_quizzes foreign key (quiz_id) references quizzes (id)
        )
        """
    )
    op.execute(_FOLD)
    op.execute(_UNFOLD)
    op.execute(
        """
        create trigger unfold_attempt before update of is_correct, response, seconds or delete on answers
        for each row execute function unfold_attempt()
        """
    )


def downgrade() -> None:
    op.execute("drop trigger unfold_attempt on answers")
    op.execute("drop function unfold_attempt")
    op.execute("drop function fold_attempts")
    op.execute("drop table quiz_scales")
    op.execute("drop table item_choices")
    op.execute("drop table item_statistics")
    op.execute("drop index ix_attempts_quiz_id_finished, ix_attempts_quiz_id_folded, ix_attempts_unfolded")
    op.execute("alter table attempts drop column folded_at")
