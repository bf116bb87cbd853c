"""Exams: their beginning, parallel versions, and what looks alike"""

from alembic import op

revision = "0025_exams"
down_revision = "0024_question_imports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        create table exams (
            quiz_id bigint not null,
            opens_at timestamptz not null,
            closes_at timestamptz not null,
            plan integer not null default 1,
            told_plan integer not null default 0,
            told_opens_at timestamptz,
            stage varchar not null default 'planned',
            next_at timestamptz,
            first_told_at timestamptz,
            last_told_at timestamptz,
            skew_seconds integer,
            ended_at timestamptz,
            constraint pk_exams primary key (quiz_id),
            constraint fk_exams_quiz_id_quizzes foreign key (quiz_id) references quizzes (id) on delete cascade,
            constraint ck_exams_stage
                check (stage in ('planned', 'called', 'begun', 'settled', 'closed', 'cancelled')),
            constraint ck_exams_moments check (closes_at > opens_at or stage = 'closed'),
            constraint ck_exams_told_plan check (told_plan between 0 and plan),
            constraint ck_exams_told_in_order check ((first_told_at is null) = (last_told_at is null)
                and first_told_at <= last_told_at),
            constraint ck_exams_skew_seconds check (skew_seconds >= 0),
            constraint ck_exams_ended check ((ended_at is not null) = (stage = 'closed'))
        )
        """
    )
    op.execute("create index ix_exams_next_at on exams (next_at) where next_at is not null")
    op.execute(
        """
        create table exam_candidates (
            quiz_id bigint not null,
            user_id bigint not null,
            number integer not null,
            ready_at timestamptz,
            told_at timestamptz,
            constraint pk_exam_candidates primary key (quiz_id, user_id),
            constraint uq_exam_candidates_quiz_id_number unique (quiz_id, number),
            constraint fk_exam_candidates_quiz_id_exams
                foreign key (quiz_id) references exams (quiz_id) on delete cascade,
            constraint fk_exam_candidates_user_id_users foreign key (user_id) references users (id),
            constraint ck_exam_candidates_number check (number >= 0)
        )
        """
    )
    op.execute("create index ix_exam_candidates_user_id on exam_candidates (user_id)")
    op.execute(
        """
        create table exam_scores (
            attempt_id bigint not null,
            ability real not null,
            low real not null,
            high real not null,
            constraint pk_exam_scores primary key (attempt_id),
            constraint fk_exam_scores_attempt_id_attempts foreign key (attempt_id) references attempts (id),
            constraint ck_exam_scores_interval check (low <= ability and ability <= high)
        )
        """
    )
    op.execute(
        """
        create table exam_lookalikes (
            quiz_id bigint not null,
            first_id bigint not null,
            second_id bigint not null,
            question_ids bigint[] not null,
            both_wrong smallint not null,
            expected real not null,
            chance float8 not null,
            constraint pk_exam_lookalikes primary key (quiz_id, first_id, second_id),
            constraint fk_exam_lookalikes_quiz_id_exams
                foreign key (quiz_id) references exams (quiz_id) on delete cascade,
            constraint fk_exam_lookalikes_first_id_users foreign key (first_id) references users (id),
            constraint fk_exam_lookalikes_second_id_users foreign key (second_id) references users (id),
            constraint ck_exam_lookalikes_pair check (first_id < second_id),
            constraint ck_exam_lookalikes_chance check (chance between 0 and 1)
        )
        """
    )
    # An exam is a fact of its quiz's settings, whoever writes them: it follows in the same statement, and the clock
    # finds it by `next_at`. Another beginning is another plan; what was told of the plan before is not valid any more.
    op.execute(
        """
        create function keep_exam() returns trigger language plpgsql as $$
        begin
            if coalesce((new.settings ->> 'is_exam')::boolean, false)
                and new.settings ->> 'opens_at' is not null and new.settings ->> 'closes_at' is not null
            then
                insert into exams (quiz_id, opens_at, closes_at, next_at)
                values (new.id, (new.settings ->> 'opens_at')::timestamptz,
                    (new.settings ->> 'closes_at')::timestamptz, '-infinity')
                on conflict (quiz_id) do update set
                    opens_at = excluded.opens_at, closes_at = excluded.closes_at, next_at = '-infinity',
                    plan = exams.plan
                        + (exams.opens_at <> excluded.opens_at or exams.stage = 'cancelled')::int,
                    stage = case when exams.opens_at <> excluded.opens_at or exams.stage = 'cancelled'
                        then 'planned' else exams.stage end,
                    ended_at = case when exams.opens_at <> excluded.opens_at then null else exams.ended_at end,
                    skew_seconds = case when exams.opens_at <> excluded.opens_at then null else exams.skew_seconds end,
                    first_told_at = case when exams.opens_at <> excluded.opens_at then null
                        else exams.first_told_at end,
                    last_told_at = case when exams.opens_at <> excluded.opens_at then null else exams.last_told_at end
                where (exams.opens_at, exams.closes_at) is distinct from (excluded.opens_at, excluded.closes_at)
                    or exams.stage = 'cancelled';
            else
                update exams set stage = 'cancelled', plan = plan + 1, next_at = '-infinity'
                where quiz_id = new.id and stage in ('planned', 'called');
            end if;
            return null;
        end
        $$
        """
    )
    op.execute(
        """
        create trigger quizzes_keep_exam after insert or update of settings on quizzes
        for each row execute function keep_exam()
        """
    )


def downgrade() -> None:
    op.execute("drop trigger quizzes_keep_exam on quizzes")
    op.execute("drop function keep_exam()")
    op.execute("drop table exam_lookalikes")
    op.execute("drop table exam_scores")
    op.execute("drop table exam_candidates")
    op.execute("drop table exams")
