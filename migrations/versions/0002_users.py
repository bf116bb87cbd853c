"""People, the subjects that they chose, and the links that make teachers."""

from alembic import op

revision = "0002_users"
down_revision = "0001_intake"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        r"""
        create table users (
            id bigint not null,
            full_name varchar not null,
            username varchar,
            language varchar not null,
            role varchar not null default 'student',
            step varchar not null default 'language',
            phone varchar,
            timezone varchar not null,
            goal varchar,
            daily_minutes smallint,
            pending_link varchar,
            is_muted boolean not null default false,
            is_reachable boolean not null default true,
            created_at timestamptz not null,
            constraint pk_users primary key (id),
            constraint ck_users_full_name_length check (char_length(full_name) between 1 and 100),
            constraint ck_users_language check (language in ('uz', 'ru', 'en')),
            constraint ck_users_role check (role in ('student', 'teacher', 'admin')),
            constraint ck_users_step
                check (step in ('language', 'name', 'phone', 'subjects', 'goal', 'minutes', 'done')),
            constraint ck_users_goal check (goal in ('exam', 'school', 'work', 'self')),
            constraint ck_users_daily_minutes check (daily_minutes between 1 and 1440),
            constraint ck_users_phone_is_e164 check (phone ~ '^\+[1-9][0-9]{6,14}$'),
            constraint ck_users_pending_link_length check (char_length(pending_link) <= 64)
        )
        """
    )
    op.execute("create index ix_users_phone on users (phone)")
    op.execute(
        """
        create table user_subjects (
            user_id bigint not null,
            category_id bigint not null,
            constraint pk_user_subjects primary key (user_id, category_id),
            constraint fk_user_subjects_user_id_users
                foreign key (user_id) references users (id) on delete cascade
        )
        """
    )
    op.execute("create index ix_user_subjects_category_id on user_subjects (category_id)")
    op.execute(
        """
        create table teacher_invitations (
            token_hash bytea not null,
            created_by bigint not null,
            expires_at timestamptz not null,
            taken_by bigint,
            taken_at timestamptz,
            constraint pk_teacher_invitations primary key (token_hash),
            constraint fk_teacher_invitations_created_by_users foreign key (created_by) references users (id),
            constraint fk_teacher_invitations_taken_by_users foreign key (taken_by) references users (id),
            constraint ck_teacher_invitations_token_hash_is_sha256 check (octet_length(token_hash) = 32),
            constraint ck_teacher_invitations_taken_whole check ((taken_by is null) = (taken_at is null))
        )
        """
    )
    op.execute("create index ix_teacher_invitations_created_by on teacher_invitations (created_by)")
    op.execute("create index ix_teacher_invitations_taken_by on teacher_invitations (taken_by)")


def downgrade() -> None:
    op.execute("drop table teacher_invitations")
    op.execute("drop table user_subjects")
    op.execute("drop table users")
