"""The statements that search passages: what a reader may open first, then three rankings of it, made one.

Exact: everything in reach is compared, so nothing is missed; right for one course, one person's materials, and a whole
index that is small. Wide: candidates come from the graph of embeddings and from the index of words, and each of them is
asked whether this reader may open it. The graph goes on until it has enough that are open (`hnsw.iterative_scan`, which
`db/engine.py` sets for every connection): with its usual settings a search behind a filter finds next to nothing.

Parameters: $1 reader, $2 any of the words, $3 the spelling, $4 the meaning or null, $5 the model of $4, $6 now,
$7 the course of the scope, $8 its material, $9 the course that is near, $10 one tsquery for each telling word,
$11 the model's floor, $12 how many, $13 how many of one lesson or material, $14 all of the words.
"""

from db.opening import is_open
from domain.tutor.retrieval_model import Shelf

RANKED = 50
"""Passages that each ranking may put forward."""
WORD_CANDIDATES = 500
"""In a wide search, passages with all of the words, and as many with any of them, that are ranked: a word that every
tenth passage has would take a second otherwise. Passages with all of the words come before those with some."""
OWN_CANDIDATES = 1000
"""In a wide search, the reader's own passages are compared one by one up to so many."""
LEAST_LIKENESS = 0.2
"""Below it, shared spelling is chance."""
RANK_OFFSET = 60
"""The usual constant of reciprocal rank fusion: https://dl.acm.org/doi/10.1145/1571941.1572114"""
SAME_COURSE = 1.1
"""A passage of the course that the student is in wins among near equals."""
SAME_LANGUAGE = 1.15
"""So does one in the student's language: the lessons say the same in several."""

_IS_STAFF = """
    (reader.is_admin or reader.teaches and (c.owner_id = $1
        or exists (select from course_teachers t where t.course_id = c.id and t.user_id = $1)))
"""
"""As `is_staff`, for the whole catalogue at once."""

_ASKED = """
asked as materialized (
    -- Read once: in a prepared statement a cast of a parameter would be worked out again for every row.
    select $2::text::tsquery as words, $3::text::halfvec as spelling, $4::text::halfvec as meaning,
        $14::text::tsquery as all_words, $7::bigint as course_id, $8::bigint as material_id
),
reader as materialized (
    select coalesce(bool_or(role = 'admin'), false) as is_admin, coalesce(bool_or(role = 'teacher'), false) as teaches,
        max(language) as language
    from users where id = $1
)
"""


def _reach(shelf: Shelf) -> str:
    """`readable` lessons and `shared` materials; both are read once, however many passages are asked about them."""
    lessons, shares = {
        Shelf.ALL: ("true", "true"),
        Shelf.LESSONS: ("true", "false"),
        Shelf.OWN: ("false", "false"),
        Shelf.COURSE: ("c.id = $7", "s.course_id = $7"),
    }[shelf]
    return f"""
readable as materialized (
    select l.id
    from lessons l join courses c on c.id = l.course_id join sections s on s.id = l.section_id cross join reader
    where l.is_published and c.status <> 'draft' and {lessons} and {is_open("$1", "$6", "s.position", _IS_STAFF)}
),
attended as materialized (
    select e.course_id from enrolments e where e.user_id = $1 and e.status <> 'cancelled'
    union
    select c.id from courses c cross join reader where c.owner_id = $1 and (reader.teaches or reader.is_admin)
    union
    select t.course_id from course_teachers t cross join reader where t.user_id = $1
        and (reader.teaches or reader.is_admin)
),
shared as materialized (
    -- Whoever shared it teaches the course still; an admin is no reader of what people share among themselves.
    select distinct s.material_id
    from attended a join passage_shares s on s.course_id = a.course_id join courses c on c.id = s.course_id
    where {shares} and exists (select from users o where o.id = s.owner_id and (o.role = 'admin' or o.role = 'teacher'
        and (c.owner_id = o.id or exists (
            select from course_teachers t where t.course_id = c.id and t.user_id = o.id))))
)"""


_NUMBERS = """
    p.id, case when p.tsv @@ asked.words then ts_rank(p.tsv, asked.words, 1) end as words,
    -(p.vector <#> asked.spelling) as spelling,
    case when p.embedded_by = $5::text then -(p.embedding <#> asked.meaning) end as meaning
"""


def _scoped_exactly(shelf: Shelf) -> str:
    parts: list[str] = []
    if shelf is not Shelf.OWN:
        parts.append(
            f"select {_NUMBERS} from readable r join passages p on p.lesson_id = r.id cross join asked"
            " where asked.material_id is null"
        )
    if shelf in (Shelf.ALL, Shelf.OWN):
        parts.append(
            f"select {_NUMBERS} from passages p cross join asked"
            " where p.owner_id = $1 and coalesce(p.material_id = asked.material_id, true)"
        )
    if shelf in (Shelf.ALL, Shelf.COURSE):
        # What is the reader's own stands above already.
        others = "and p.owner_id <> $1" if shelf is Shelf.ALL else ""
        parts.append(
            f"select {_NUMBERS} from shared s join passages p on p.material_id = s.material_id cross join asked"
            f" where coalesce(p.material_id = asked.material_id, true) {others}"
        )
    return f"scoped as materialized ({' union all '.join(parts)})"


def _scoped_widely(shelf: Shelf) -> str:
    is_mine = "p.owner_id = $1 or p.material_id in (select material_id from shared) or" if shelf is Shelf.ALL else ""
    may_open = f"""
        ({is_mine} p.lesson_id in (select id from readable))
        and ($8::bigint is null or p.material_id = $8::bigint)
    """
    own = f"union (select id from passages where owner_id = $1 limit {OWN_CANDIDATES})" if shelf is Shelf.ALL else ""
    return f"""
near as materialized (
    select p.id from passages p
    where $4::text is not null and p.embedded_by = $5::text and {may_open}
    order by p.embedding <#> $4::text::halfvec limit {RANKED}
),
candidates as materialized (
    select id from near
    union (select p.id from passages p where p.tsv @@ $14::text::tsquery and {may_open} limit {WORD_CANDIDATES})
    union (select p.id from passages p where p.tsv @@ $2::text::tsquery and {may_open} limit {WORD_CANDIDATES})
    {own}
),
scoped as materialized (
    select {_NUMBERS} from candidates join passages p using (id) cross join asked
    where coalesce(p.material_id = asked.material_id, asked.material_id is null)
)"""


_FUSED = f"""
by_words as (
    select id, row_number() over (order by words desc, id) as place from scoped where words is not null
    order by place limit {RANKED}
),
by_spelling as (
    select id, row_number() over (order by spelling desc, id) as place from scoped
    where spelling >= {LEAST_LIKENESS} order by place limit {RANKED}
),
by_meaning as (
    select id, row_number() over (order by meaning desc, id) as place from scoped
    where meaning >= $11::float8 order by place limit {RANKED}
),
fused as (
    select id, sum(1.0 / ({RANK_OFFSET} + place)) as score
    from (select * from by_words union all select * from by_spelling union all select * from by_meaning) ranked
    group by id
),
weighed as (
    select p.id, p.lesson_id, p.material_id, f.score * case when l.course_id = $9::bigint then {SAME_COURSE} else 1 end
        * case when coalesce(p.language = reader.language, true) then {SAME_LANGUAGE} else 1 end as score
    from fused f join passages p using (id) left join lessons l on l.id = p.lesson_id cross join reader
),
counted as (
    select id, score, row_number() over (partition by lesson_id, material_id order by score desc, id) as nth
    from weighed
),
best as (
    select id, score from counted where nth <= $13::bigint order by score desc, id limit $12::bigint
)
select p.id, p.lesson_id, p.material_id, p.owner_id, p.page_from, p.page_to, p.language, p.heading, p.text,
    l.title, c.id as course_id, c.title as course_title, s.spelling, s.meaning,
    (select count(*) from unnest($10::text[]) g (word) where p.tsv @@ g.word::tsquery)::float8
        / cardinality($10::text[]) as share
from best b join passages p using (id) join scoped s using (id)
left join lessons l on l.id = p.lesson_id left join courses c on c.id = l.course_id
order by b.score desc, b.id
"""


def _search(shelf: Shelf, scoped: str) -> str:
    return f"with {_ASKED}, {_reach(shelf)}, {scoped}, {_FUSED}"


EXACT = {shelf: _search(shelf, _scoped_exactly(shelf)) for shelf in Shelf}
WIDE = {shelf: _search(shelf, _scoped_widely(shelf)) for shelf in (Shelf.ALL, Shelf.LESSONS)}

WORDS_LIKE = """
    select asked.word, (select reltuples from pg_class where oid = 'passages'::regclass) as size,
        array(
            select w.word from passage_words w
            where char_length(asked.word) >= $2 and w.word % asked.word and similarity(w.word, asked.word) >= $3
            and not exists (select from passage_words known where known.word = asked.word)
            order by similarity(w.word, asked.word) desc, w.word limit $4
        ) as near
    from unnest($1::text[]) with ordinality as asked (word, place)
    order by asked.place
"""
"""For each word those of the index that are spelt nearly like it, when nobody has written it: what a typo meant.

`size`: how many passages there are, as PostgreSQL last counted; negative before it ever did.
"""
