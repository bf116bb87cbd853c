"""One index for lessons and materials: passages with pages and owners, and a second vector, of a model"""

from alembic import op

revision = "0027_chunks"
down_revision = "0026_marking"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        alter table passages
            alter column lesson_id drop not null,
            alter column language drop not null,
            add column material_id bigint,
            add column owner_id bigint,
            add column page_from integer,
            add column page_to integer,
            add column embedding halfvec(384),
            add column embedded_by varchar not null default '',
            add constraint fk_passages_owner_id_users foreign key (owner_id) references users (id) on delete cascade,
            add constraint uq_passages_material_id_position unique (material_id, position),
            add constraint ck_passages_source check (num_nonnulls(lesson_id, material_id) = 1),
            add constraint ck_passages_lessons_have_a_language check (lesson_id is null or language is not null),
            add constraint ck_passages_materials_have_an_owner check ((material_id is null) = (owner_id is null)),
            add constraint ck_passages_materials_have_pages
                check (num_nonnulls(page_from, page_to) = case when material_id is null then 0 else 2 end),
            add constraint ck_passages_pages check (page_from between 1 and page_to),
            add constraint ck_passages_embedded check ((embedding is null) = (embedded_by = ''))
        """
    )
    # As the other vector: read by the thousand, so it stands in the row itself.
    op.execute("alter table passages alter column embedding set storage plain")
    op.execute("create index ix_passages_owner_id on passages (owner_id) where owner_id is not null")
    op.execute("create index ix_passages_embedded_by on passages (embedded_by, id)")
    # Without passages of a model it holds nothing, and costs nothing.
    op.execute("create index ix_passages_embedding on passages using hnsw (embedding halfvec_ip_ops)")
    op.execute(
        """
        create table passage_shares (
            course_id bigint not null,
            material_id bigint not null,
            owner_id bigint not null,
            constraint pk_passage_shares primary key (course_id, material_id),
            constraint fk_passage_shares_course_id_courses
                foreign key (course_id) references courses (id) on delete cascade,
            constraint fk_passage_shares_owner_id_users foreign key (owner_id) references users (id) on delete cascade
        )
        """
    )
    op.execute("create index ix_passage_shares_material_id on passage_shares (material_id)")
    op.execute("create index ix_passage_shares_owner_id on passage_shares (owner_id)")


def downgrade() -> None:
    op.execute("drop table passage_shares")
    # The older schema knows lessons only; materials are indexed again from their pages.
    op.execute("delete from passages where lesson_id is null")
    op.execute("drop index ix_passages_embedding, ix_passages_embedded_by, ix_passages_owner_id")
    op.execute(
        """
        alter table passages
            drop constraint ck_passages_source, drop constraint ck_passages_lessons_have_a_language,
            drop constraint ck_passages_materials_have_an_owner, drop constraint ck_passages_materials_have_pages,
            drop constraint ck_passages_pages, drop constraint ck_passages_embedded,
            drop column material_id, drop column owner_id, drop column page_from, drop column page_to,
            drop column embedding, drop column embedded_by,
            alter column lesson_id set not null,
            alter column language set not null
        """
    )
