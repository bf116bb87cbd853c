"""Courses in depth: co-teachers, prerequisites, when a lesson opens, and the catalogue's counters"""

from alembic import op

revision = "0012_course_structure"
down_revision = "0011_reconciliations"
branch_labels = None
depends_on = None

_POSITIONS = (("sections", "course_id"), ("lessons", "section_id"), ("parts", "lesson_id"))
_KINDS = "'text', 'photo', 'video', 'audio', 'voice', 'pdf', 'slides', 'document'"


def upgrade() -> None:
    _columns()
    _tables()
    _prerequisites_form_no_circle()
    _categories_form_no_circle()
    _lessons_are_counted()
    _students_are_counted()
    _courses_are_counted()


def _columns() -> None:
    # Two neighbours change places in one statement, so the uniqueness of positions is judged at its end.
    for table, above in _POSITIONS:
        name = f"uq_{table}_{above}_position"
        op.execute(f"alter table {table} drop constraint {name}")
        op.execute(
            f"alter table {table} add constraint {name} unique ({above}, position) deferrable initially immediate"
        )
    op.execute(
        """
        alter table categories
            add column course_count integer not null default 0,
            add constraint ck_categories_not_its_own_parent check (parent_id <> id)
        """
    )
    op.execute(
        """
        update courses set level = null where level not in ('beginner', 'intermediate', 'advanced')
        """
    )
    op.execute(
        """
        alter table courses
            add column slug varchar,
            add column publish_at timestamptz,
            add column version integer not null default 1,
            add column certificate_percent smallint,
            add column lesson_count integer not null default 0,
            add column duration_seconds integer not null default 0,
            add column student_count integer not null default 0,
            add constraint uq_courses_slug unique (slug),
            add constraint ck_courses_slug check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and char_length(slug) <= 48),
            add constraint ck_courses_level check (level in ('beginner', 'intermediate', 'advanced')),
            add constraint ck_courses_certificate_percent check (certificate_percent between 1 and 100),
            add constraint ck_courses_counters check (
                lesson_count >= 0 and duration_seconds >= 0 and student_count >= 0)
        """
    )
    op.execute("create index ix_courses_category_id on courses (category_id)")
    op.execute("create index ix_courses_publish_at on courses (publish_at) where publish_at is not null")
    op.execute(
        """
        alter table lessons
            add column version integer not null default 1,
            add column opens_at timestamptz,
            add column opens_after_days smallint,
            add column is_gate boolean not null default false,
            add column pass_percent smallint,
            add column duration_seconds integer not null default 0,
            add column archived_at timestamptz,
            add column was_published boolean not null default false,
            add constraint ck_lessons_opens_after_days check (opens_after_days between 1 and 365),
            add constraint ck_lessons_opens_once check (opens_at is null or opens_after_days is null),
            add constraint ck_lessons_pass_percent check (pass_percent between 1 and 100),
            add constraint ck_lessons_archived_is_hidden check (archived_at is null or not is_published)
        """
    )
    op.execute(
        f"""
        alter table parts
            add column version integer not null default 1,
            add column duration_seconds integer not null default 0,
            add column link jsonb,
            add column question jsonb,
            drop constraint ck_parts_kind,
            add constraint ck_parts_kind check (kind in ({_KINDS}, 'link')),
            add constraint ck_parts_link_has_link check ((kind = 'link') = (link is not null)),
            add constraint ck_parts_duration check (duration_seconds >= 0)
        """
    )
    op.execute("create index ix_lessons_gates on lessons (course_id) where is_gate")
    op.execute("alter table media add column duration_seconds integer")


def _tables() -> None:
    op.execute(
        """
        create table course_teachers (
            course_id bigint not null,
            user_id bigint not null,
            added_at timestamptz not null,
            constraint pk_course_teachers primary key (course_id, user_id),
            constraint fk_course_teachers_course_id_courses foreign key (course_id) references courses (id),
            constraint fk_course_teachers_user_id_users foreign key (user_id) references users (id)
        )
        """
    )
    op.execute("create index ix_course_teachers_user_id on course_teachers (user_id)")
    op.execute(
        """
        create table course_invitations (
            token_hash bytea not null,
            course_id bigint not null,
            created_by bigint not null,
            expires_at timestamptz not null,
            taken_by bigint,
            taken_at timestamptz,
            constraint pk_course_invitations primary key (token_hash),
            constraint fk_course_invitations_course_id_courses foreign key (course_id) references courses (id),
            constraint fk_course_invitations_created_by_users foreign key (created_by) references users (id),
            constraint fk_course_invitations_taken_by_users foreign key (taken_by) references users (id),
            constraint ck_course_invitations_token_hash_is_sha256 check (octet_length(token_hash) = 32),
            constraint ck_course_invitations_taken_whole check ((taken_by is null) = (taken_at is null))
        )
        """
    )
    for column in ("course_id", "created_by", "taken_by"):
        op.execute(f"create index ix_course_invitations_{column} on course_invitations ({column})")
    op.execute(
        """
        create table course_prerequisites (
            course_id bigint not null,
            required_id bigint not null,
            constraint pk_course_prerequisites primary key (course_id, required_id),
            constraint fk_course_prerequisites_course_id_courses foreign key (course_id) references courses (id),
            constraint fk_course_prerequisites_required_id_courses foreign key (required_id) references courses (id),
            constraint ck_course_prerequisites_not_itself check (course_id <> required_id)
        )
        """
    )
    op.execute("create index ix_course_prerequisites_required_id on course_prerequisites (required_id)")
    op.execute(
        """
        create table sent_parts (
            user_id bigint not null,
            message_id bigint not null,
            lesson_id bigint not null,
            part_id bigint,
            constraint pk_sent_parts primary key (user_id, message_id),
            constraint fk_sent_parts_user_id_users foreign key (user_id) references users (id),
            constraint fk_sent_parts_lesson_id_lessons foreign key (lesson_id)
                references lessons (id) on delete cascade,
            constraint fk_sent_parts_part_id_parts foreign key (part_id) references parts (id) on delete set null
        )
        """
    )
    op.execute("create index ix_sent_parts_lesson_id on sent_parts (lesson_id)")
    op.execute("create index ix_sent_parts_part_id on sent_parts (part_id)")
    op.execute(
        """
        create table lesson_resources (
            id bigint generated by default as identity,
            lesson_id bigint not null,
            position smallint not null,
            media_id bigint not null,
            constraint pk_lesson_resources primary key (id),
            constraint fk_lesson_resources_lesson_id_lessons foreign key (lesson_id)
                references lessons (id) on delete cascade,
            constraint fk_lesson_resources_media_id_media foreign key (media_id) references media (id),
            constraint uq_lesson_resources_lesson_id_position unique (lesson_id, position)
                deferrable initially immediate
        )
        """
    )
    op.execute("create index ix_lesson_resources_media_id on lesson_resources (media_id)")


def _prerequisites_form_no_circle() -> None:
    """One writer at a time: two that each close one half of a circle would not see each other."""
    op.execute(
        """
        create function refuse_circle_of_prerequisites() returns trigger language plpgsql as $$
        begin
            perform pg_advisory_xact_lock(hashtext('course_prerequisites'));
            if exists (
                with recursive needed (id) as (
                    select new.required_id
                    union select p.required_id from course_prerequisites p join needed n on p.course_id = n.id
                )
                select from needed where id = new.course_id
            ) then
                raise exception 'prerequisites form a circle'
                    using errcode = 'check_violation', constraint = 'ck_course_prerequisites_no_circle';
            end if;
            return new;
        end $$
        """
    )
    op.execute(
        "create trigger refuse_circle before insert or update on course_prerequisites"
        " for each row execute function refuse_circle_of_prerequisites()"
    )


def _categories_form_no_circle() -> None:
    """Moving a branch also moves the courses that it counts."""
    op.execute(
        """
        create function count_in_branch(branch bigint, difference integer) returns void language sql as $$
            with recursive above (id) as (
                select branch union select k.parent_id from categories k join above a on k.id = a.id
                where k.parent_id is not null
            ) cycle id set is_circle using path
            update categories k set course_count = k.course_count + difference
            from (select distinct id from above) a where k.id = a.id
        $$
        """
    )
    op.execute(
        """
        create function move_category() returns trigger language plpgsql as $$
        begin
            if new.parent_id is not distinct from old.parent_id then
                return null;
            end if;
            perform pg_advisory_xact_lock(hashtext('categories'));
            if exists (
                with recursive above (id) as (
                    select new.parent_id
                    union select k.parent_id from categories k join above a on k.id = a.id where k.parent_id is not null
                ) cycle id set is_circle using path
                select from above where id = new.id
            ) then
                raise exception 'categories form a circle'
                    using errcode = 'check_violation', constraint = 'ck_categories_no_circle';
            end if;
            if old.parent_id is not null then perform count_in_branch(old.parent_id, -new.course_count); end if;
            if new.parent_id is not null then perform count_in_branch(new.parent_id, new.course_count); end if;
            return null;
        end $$
        """
    )
    op.execute(
        "create trigger move_category after update of parent_id on categories"
        " for each row execute function move_category()"
    )


def _lessons_are_counted() -> None:
    op.execute(
        """
        create function time_lesson() returns trigger language plpgsql as $$
        begin
            if tg_op <> 'INSERT' and old.duration_seconds > 0 then
                update lessons set duration_seconds = duration_seconds - old.duration_seconds where id = old.lesson_id;
            end if;
            if tg_op <> 'DELETE' and new.duration_seconds > 0 then
                update lessons set duration_seconds = duration_seconds + new.duration_seconds where id = new.lesson_id;
            end if;
            return null;
        end $$
        """
    )
    op.execute(
        "create trigger time_lesson after insert or update of duration_seconds, lesson_id or delete on parts"
        " for each row execute function time_lesson()"
    )
    op.execute(
        """
        create function count_lesson() returns trigger language plpgsql as $$
        begin
            if tg_op = 'UPDATE' and old.is_published = new.is_published and old.course_id = new.course_id
                and (old.duration_seconds = new.duration_seconds or not new.is_published) then
                return null;
            end if;
            if tg_op <> 'INSERT' and old.is_published then
                update courses set lesson_count = lesson_count - 1,
                    duration_seconds = duration_seconds - old.duration_seconds where id = old.course_id;
            end if;
            if tg_op <> 'DELETE' and new.is_published then
                update courses set lesson_count = lesson_count + 1,
                    duration_seconds = duration_seconds + new.duration_seconds where id = new.course_id;
            end if;
            return null;
        end $$
        """
    )
    op.execute(
        "create trigger count_lesson after insert or update of is_published, duration_seconds, course_id or delete"
        " on lessons for each row execute function count_lesson()"
    )
    op.execute(
        """
        update courses c set lesson_count = (select count(*) from lessons l where l.course_id = c.id and l.is_published)
        """
    )


def _students_are_counted() -> None:
    """Whoever takes or took the course to its end; those who left are not counted."""
    op.execute(
        """
        create function count_student() returns trigger language plpgsql as $$
        declare
            before integer := case when tg_op = 'INSERT' or old.status = 'cancelled' then 0 else 1 end;
            after_it integer := case when tg_op = 'DELETE' or new.status = 'cancelled' then 0 else 1 end;
        begin
            if before <> after_it then
                update courses set student_count = student_count + after_it - before
                where id = coalesce(new.course_id, old.course_id);
            end if;
            return null;
        end $$
        """
    )
    op.execute(
        "create trigger count_student after insert or update of status or delete on enrolments"
        " for each row execute function count_student()"
    )
    op.execute(
        """
        update courses c set student_count =
            (select count(*) from enrolments e where e.course_id = c.id and e.status <> 'cancelled')
        """
    )


def _courses_are_counted() -> None:
    """A category counts the published courses in it and in all branches below it."""
    op.execute(
        """
        create function count_course() returns trigger language plpgsql as $$
        begin
            if tg_op = 'UPDATE' and old.category_id = new.category_id
                and (old.status = 'published') = (new.status = 'published') then
                return null;
            end if;
            -- A new draft holds its category already: if it waited here, it and a deletion would wait for each other.
            if tg_op = 'INSERT' and new.status <> 'published' then
                return null;
            end if;
            perform pg_advisory_xact_lock(hashtext('categories'));
            if tg_op <> 'INSERT' and old.status = 'published' then
                perform count_in_branch(old.category_id, -1);
            end if;
            if tg_op <> 'DELETE' and new.status = 'published' then
                perform count_in_branch(new.category_id, 1);
            end if;
            return null;
        end $$
        """
    )
    op.execute(
        "create trigger count_course after insert or update of status, category_id or delete on courses"
        " for each row execute function count_course()"
    )
    op.execute(
        """
        with recursive branches (root, id) as (
            select id, id from categories
            union all select b.root, k.id from branches b join categories k on k.parent_id = b.id
        )
        update categories k set course_count = counted.courses
        from (
            select b.root, count(*) as courses from branches b join courses c on c.category_id = b.id
            where c.status = 'published' group by b.root
        ) counted
        where k.id = counted.root
        """
    )


def downgrade() -> None:
    for table, trigger in (
        ("courses", "count_course"),
        ("enrolments", "count_student"),
        ("lessons", "count_lesson"),
        ("parts", "time_lesson"),
        ("categories", "move_category"),
        ("course_prerequisites", "refuse_circle"),
    ):
        op.execute(f"drop trigger {trigger} on {table}")
    for function in (
        "count_course()",
        "count_student()",
        "count_lesson()",
        "time_lesson()",
        "move_category()",
        "count_in_branch(bigint, integer)",
        "refuse_circle_of_prerequisites()",
    ):
        op.execute(f"drop function {function}")
    op.execute("drop table lesson_resources")
    op.execute("drop table sent_parts")
    op.execute("drop table course_prerequisites")
    op.execute("drop table course_invitations")
    op.execute("drop table course_teachers")
    op.execute("alter table media drop column duration_seconds")
    # A link has no form that the earlier schema knows: its address stays as a text.
    op.execute(
        "update parts set kind = 'text', text = coalesce(text, jsonb_build_object('uz', link ->> 'url')), link = null"
        " where kind = 'link'"
    )
    op.execute(
        f"""
        alter table parts
            drop constraint ck_parts_link_has_link,
            drop constraint ck_parts_kind,
            add constraint ck_parts_kind check (kind in ({_KINDS})),
            drop column version,
            drop column duration_seconds,
            drop column link,
            drop column question
        """
    )
    op.execute("drop index ix_lessons_gates")
    op.execute(
        """
        alter table lessons
            drop column version,
            drop column opens_at,
            drop column opens_after_days,
            drop column is_gate,
            drop column pass_percent,
            drop column duration_seconds,
            drop column archived_at,
            drop column was_published
        """
    )
    op.execute("drop index ix_courses_category_id")
    op.execute(
        """
        alter table courses
            drop constraint ck_courses_level,
            drop column slug,
            drop column publish_at,
            drop column version,
            drop column certificate_percent,
            drop column lesson_count,
            drop column duration_seconds,
            drop column student_count
        """
    )
    op.execute("alter table categories drop constraint ck_categories_not_its_own_parent, drop column course_count")
    for table, above in _POSITIONS:
        name = f"uq_{table}_{above}_position"
        op.execute(f"alter table {table} drop constraint {name}")
        op.execute(f"alter table {table} add constraint {name} unique ({above}, position)")
