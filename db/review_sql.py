"""The statements of spaced review that are longer than a line, and what they share.

Everything is found by its student, whose index entries begin with their id.
"""

from db.shelf import PLACE

HELD = """
    held_question (id, up) as (
        select q.id, q.replaces_id
        from attempts a join quizzes z on z.id = a.quiz_id
        cross join unnest(a.question_ids) as asked (id) join questions q on q.id = asked.id
        where a.user_id = $1 and (
            a.finished_at is null and (a.deadline_at is not null or a.started_at > $2::timestamptz - interval '1 day')
            or z.settings ->> 'reveal' = 'after_close'
                and coalesce((z.settings ->> 'closes_at')::timestamptz > $2::timestamptz, true))
        union
        select q.id, q.replaces_id from held_question h join questions q on q.id = h.up
    ),
    held as materialized (select id from held_question where up is null)
"""
"""First versions of questions whose answers the user $1 must not see at the moment $2: those of attempts that are open,
and of quizzes that reveal them after their close. An attempt without a clock that was left for a day holds nothing."""

IS_OPEN = """
    (c.lineage_id is null or c.lineage_id not in (select id from held))
    and (c.note_id is null or exists (select from notes n where n.id = c.note_id and n.deleted_at is null))
"""
"""Whether the card c may be asked."""

CARD = """
    jsonb_build_object('id', c.id, 'due_at', c.due_at, 'stability', c.stability, 'difficulty', c.difficulty,
        'reviewed_at', c.reviewed_at, 'review_count', c.review_count,
        'question', (
            with recursive later as (
                select q.* from questions q where q.id = c.question_id
                union all
                select n.* from later l join questions n on n.replaces_id = l.id
            )
            select to_jsonb(l) from later l order by l.retired_at is null desc, l.id = c.question_id desc limit 1
        ),
        'note', (
            select jsonb_build_object('id', n.id, 'body', n.body, 'beginning', n.beginning,
                'is_spoken', n.voice_file_id is not null, 'lesson_title', l.title)
            from notes n left join lessons l on l.id = n.lesson_id where n.id = c.note_id and n.deleted_at is null
        ))
"""
"""Of the card c: its question in the newest version if that is in use, else in the one that it was made from."""

PLAN = """
    coalesce(p.daily_reviews, 20) as daily_reviews, coalesce(p.daily_new, 10) as daily_new,
    coalesce(p.quiet_days, '{}') as quiet_days, coalesce(p.retention, 90) as retention,
    coalesce(p.reminds, true) as reminds, p.reminder_hour, p.parameters
"""

_DAY = "date_trunc('day', $2::timestamptz at time zone u.timezone) at time zone u.timezone"
"""Where the day of the user u begins."""

_DONE = f"""
    cross join lateral (select count(*) filter (where r.number > 1) as reviews_done,
        count(*) filter (where r.number = 1) as new_done
        from reviews r where r.user_id = $1 and r.number > 0 and r.reviewed_at >= {_DAY}) done
"""

TABLE = f"""
    with recursive {HELD},
    due as materialized (
        select c.* from review_cards c
        where c.user_id = $1 and c.removed_at is null and c.due_at <= $2 and {IS_OPEN}
    )
    select u.timezone, {PLAN}, counted.*, done.*, following.next_due_at,
        (select {CARD} from due c where c.review_count > 0 order by c.due_at, c.id limit 1) as review_card,
        (select {CARD} from due c where c.review_count = 0 order by c.due_at, c.id limit 1) as new_card,
        exists (select from review_cards c where c.user_id = $1 and c.removed_at is null) as has_cards
    from users u left join review_plans p on p.user_id = u.id
    cross join (select count(*) filter (where review_count > 0) as reviews_due,
        count(*) filter (where review_count = 0) as new_due from due) counted
    {_DONE}
    left join lateral (select c.due_at as next_due_at from review_cards c
        where c.user_id = $1 and c.removed_at is null and c.due_at > $2 and {IS_OPEN}
        order by c.due_at limit 1) following on true
    where u.id = $1
"""

HOME = f"""
    select u.timezone, {PLAN}, counted.*, done.*, place.*
    from users u left join review_plans p on p.user_id = u.id
    cross join (select count(*) filter (where c.review_count > 0) as reviews_due,
        count(*) filter (where c.review_count = 0) as new_due
        from review_cards c where c.user_id = $1 and c.removed_at is null and c.due_at <= $2) counted
    {_DONE}
    left join ({PLACE}) place on true
    where u.id = $1
"""

DOOR = f"""
    with recursive {HELD}
    select u.timezone, {PLAN}, {CARD} as card, not ({IS_OPEN}) as is_held, c.removed_at is not null as is_removed
    from review_cards c join users u on u.id = c.user_id left join review_plans p on p.user_id = u.id
    where c.user_id = $1 and c.id = $3
"""

MISTAKES = """
    with recursive wrong as (
        select asked.id as question_id, x.seconds, coalesce(x.answered_at, a.finished_at) as at
        from attempts a cross join unnest(a.question_ids) as asked (id)
        left join answers x on x.attempt_id = a.id and x.question_id = asked.id
        where a.id = $2 and a.user_id = $1 and a.finished_at is not null
            and (x.question_id is null or x.is_correct is false)
    ),
    walk as (
        select w.question_id, w.seconds, w.at, q.id, q.replaces_id from wrong w join questions q on q.id = w.question_id
        union all
        select k.question_id, k.seconds, k.at, q.id, q.replaces_id from walk k join questions q on q.id = k.replaces_id
    ),
    lineages as (select distinct on (id) id as lineage_id, question_id, seconds, at from walk
        where replaces_id is null order by id, question_id desc),
    pace as (
        select u.timezone, m.stability, m.difficulty, m.decay, coalesce(p.retention, 90) / 100.0::float8 as retention
        from users u left join review_plans p on p.user_id = u.id
        cross join lateral (select coalesce(p.parameters[1], $5::float8) as stability,
            least(greatest(coalesce(p.parameters[5], $6::float8), 1), 10) as difficulty,
            coalesce(p.parameters[21], $7::float8) as decay) m
        where u.id = $1
    ),
    planned as (
        insert into review_plans (user_id, next_reminder_at, created_at)
        select $1, (date_trunc('day', $3::timestamptz at time zone timezone) + interval '1 day 8 hours')
            at time zone timezone, $3
        from pace where exists (select from lineages)
        on conflict (user_id) do nothing
    ),
    kept as (
        insert into review_cards as c (user_id, lineage_id, question_id, created_at, due_at, stability, difficulty,
            reviewed_at)
        select $1, l.lineage_id, l.question_id, $3, greatest($4::timestamptz,
                (date_trunc('day', l.at at time zone timezone) + make_interval(days => least(greatest(round(
                    stability / (0.9 ^ (-1 / decay) - 1) * (retention ^ (-1 / decay) - 1)), 1), $8)::int))
                at time zone timezone), stability, difficulty, l.at
        from lineages l cross join pace
        on conflict (user_id, lineage_id) do update set removed_at = null,
            due_at = least(c.due_at, greatest($4::timestamptz, (
                select (date_trunc('day', excluded.reviewed_at at time zone timezone) + interval '1 day')
                    at time zone timezone from pace)))
        where coalesce(c.reviewed_at, c.created_at) < excluded.reviewed_at
            and coalesce(c.removed_at, '-infinity') < excluded.reviewed_at
        returning c.id, c.lineage_id, (xmax = 0) as is_new
    ),
    logged as (
        insert into reviews (card_id, number, user_id, grade, reviewed_at, seconds)
        select k.id, 0, $1, 1, l.at, l.seconds from kept k join lineages l using (lineage_id) where k.is_new
    )
    select count(*) from kept where is_new
"""
"""$4: not before. $5, $6, $7: FSRS's first stability and difficulty after "again", and its decay, by default; a student
may have parameters of their own. The interval is FSRS's: s / (0.9^(-1/d) - 1) * (r^(-1/d) - 1) days, 1 at least."""

_PINNED = """
    planned as (
        insert into review_plans (user_id, next_reminder_at, created_at)
        select u.id, (date_trunc('day', $3::timestamptz at time zone u.timezone) + interval '1 day 8 hours')
            at time zone u.timezone, $3
        from users u where u.id = $1 and exists (select from thing)
        on conflict (user_id) do nothing
    )
    insert into review_cards (user_id, lineage_id, question_id, note_id, created_at, due_at)
    select u.id, t.lineage_id, t.question_id, t.note_id, $3,
        (date_trunc('day', $3::timestamptz at time zone u.timezone) + interval '1 day') at time zone u.timezone
    from thing t join users u on u.id = $1
"""
PIN_QUESTION = f"""
    with recursive walk as (
        select q.id, q.replaces_id from attempts a join questions q on q.id = $4
        where a.id = $2 and a.user_id = $1 and a.finished_at is not null and q.id = any (a.question_ids)
        union all
        select q.id, q.replaces_id from walk k join questions q on q.id = k.replaces_id
    ),
    thing as (select id as lineage_id, $4::bigint as question_id, null::bigint as note_id from walk
        where replaces_id is null),
    {_PINNED}
    on conflict (user_id, lineage_id) do update set removed_at = null returning id
"""
PIN_NOTE = f"""
    with thing as (select null::bigint as lineage_id, null::bigint as question_id, n.id as note_id from notes n
        where n.id = $2 and n.user_id = $1 and n.deleted_at is null),
    {_PINNED}
    on conflict (user_id, note_id) do update set removed_at = null returning id
"""

GRADE = """
    with moved as (
        update review_cards set due_at = $4, stability = $5, difficulty = $6, reviewed_at = $7,
            review_count = review_count + 1
        where id = $2 and user_id = $1 and review_count = $3 and removed_at is null and due_at <= $7
        returning id, review_count
    ),
    tally as (
        update review_plans set review_count = review_count + 1 where user_id = $1 and exists (select from moved)
    )
    insert into reviews (card_id, number, user_id, grade, reviewed_at, seconds, predicted, due_before,
        stability_before, difficulty_before, reviewed_before)
    select id, review_count, $1, $8::smallint, $7, $9::integer, $10::float8, $11::timestamptz, $12::float8,
        $13::float8, $14::timestamptz
    from moved
    returning number
"""
TAKE_BACK = """
    with last as (
        select r.* from reviews r where r.card_id = $2 and r.number = $3 and r.user_id = $1 and r.number > 0
            and r.reviewed_at >= $4
    ),
    back as (
        update review_cards c set due_at = l.due_before, stability = l.stability_before,
            difficulty = l.difficulty_before, reviewed_at = l.reviewed_before, review_count = l.number - 1
        from last l where c.id = l.card_id and c.user_id = $1 and c.review_count = l.number
        returning c.id, l.number
    ),
    gone as (delete from reviews r using back b where r.card_id = b.id and r.number = b.number returning r.user_id),
    tally as (
        update review_plans set review_count = greatest(review_count - 1, 0)
        where user_id in (select user_id from gone)
    )
    select true from gone
"""

USUAL_HOUR = """
    select extract(hour from at at time zone $2)::int as hour
    from (
        select r.reviewed_at as at from reviews r where r.user_id = $1 and r.reviewed_at >= $3 and r.number > 0
        union all
        select x.answered_at from attempts a join answers x on x.attempt_id = a.id
        where a.user_id = $1 and x.answered_at >= $3
    ) habits
    group by 1 order by count(*) desc, 1 limit 1
"""

FIGURES = f"""
    with recursive {HELD},
    loads as (
        select greatest((c.due_at at time zone u.timezone)::date, ($2 at time zone u.timezone)::date) as day,
            count(*) as cards
        from review_cards c join users u on u.id = c.user_id
        where c.user_id = $1 and c.removed_at is null and {IS_OPEN} group by 1
    ),
    bins as (
        select count(*) as reviews, avg(predicted) as predicted, count(*) filter (where grade > 1) as recalled
        from (select predicted, grade, ntile($4) over (order by predicted, card_id) as bin from reviews
            where user_id = $1 and reviewed_at >= $3 and predicted is not null) r
        group by bin order by bin
    )
    select coalesce((select sum(cards) from loads), 0)::int as card_count,
        (select jsonb_agg(jsonb_build_array(day, cards)) from loads) as loads,
        (select jsonb_agg(jsonb_build_array(reviews, predicted, recalled) order by predicted) from bins) as bins
"""
