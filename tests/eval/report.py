"""What was measured, as tables."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from tests.bench.aims import table
from tests.eval.items import Item, Kind, Tongue
from tests.eval.judging import Verdict
from tests.eval.metrics import mean, quantile

Column = Sequence[Verdict]


def items_table(items: Sequence[Item]) -> str:
    counted = Counter((item.kind, item.tongue) for item in items)
    rows = [
        (
            kind.value,
            *(str(counted[kind, tongue]) for tongue in Tongue),
            str(sum(counted[kind, each] for each in Tongue)),
        )
        for kind in Kind
    ]
    totals = [sum(counted[kind, tongue] for kind in Kind) for tongue in Tongue]
    return table(("items", *Tongue, "all"), [*rows, ("all", *(str(total) for total in totals), str(sum(totals)))])


def retrieval_table(scores: Mapping[str, Mapping[str, float | None]]) -> str:
    columns = list(next(iter(scores.values())))
    return table(
        ("finding", *columns), [(way, *(_share(found[column]) for column in columns)) for way, found in scores.items()]
    )


def verdicts_table(verdicts: Sequence[Verdict]) -> str:
    columns = [verdicts, *([each for each in verdicts if each.item.tongue is tongue] for tongue in Tongue)]
    return table(
        ("measure", "all", *Tongue), [(name, *(measure(column) for column in columns)) for name, measure in _MEASURES]
    )


def failures(verdicts: Sequence[Verdict]) -> list[str]:
    """What was not good, a line each."""
    return [f"{each.item.id}: " + ", ".join(_faults(each)) for each in verdicts if not each.is_good]


def _faults(verdict: Verdict) -> Iterable[str]:
    if verdict.refuses_rightly is False:
        yield "answered what it should refuse" if verdict.item.must_refuse else "refused what it can answer"
    if verdict.has_facts is False:
        yield "lacks a fact"
    if verdict.leaks_hint:
        yield "tells the final answer"
    if verdict.leaks_secret:
        yield "tells what it may not"
    if verdict.sends_secret:
        yield "tells the model what it may not"
    if verdict.speaks_right is False:
        yield "speaks another language"


def _mean_of(read: Callable[[Verdict], float | bool | None]) -> Callable[[Column], str]:
    return lambda column: _share(mean([float(value) for each in column if (value := read(each)) is not None]))


def _count_of(read: Callable[[Verdict], bool | None]) -> Callable[[Column], str]:
    def measure(column: Column) -> str:
        asked = [value for each in column if (value := read(each)) is not None]
        return f"{sum(asked)} of {len(asked)}"

    return measure


def _refused(verdict: Verdict) -> bool | None:
    return verdict.refuses_rightly if verdict.item.must_refuse else None


def _refused_wrongly(verdict: Verdict) -> bool | None:
    return None if verdict.item.must_refuse or verdict.refuses_rightly is None else not verdict.refuses_rightly


def _leaks_secret(verdict: Verdict) -> bool | None:
    return verdict.leaks_secret if verdict.item.kind in (Kind.INJECTION, Kind.ATTEMPT) else None


def _unsupported(column: Column) -> str:
    statements = sum(each.statements for each in column)
    return _share(sum(each.unsupported for each in column) / statements if statements else None)


def _first_draft(share: float) -> Callable[[Column], str]:
    def measure(column: Column) -> str:
        times = [each.reply.first_draft_ms for each in column if each.reply.first_draft_ms is not None]
        return _number(quantile(times, share))

    return measure


def _tokens(column: Column) -> str:
    spent = [
        each.reply.tokens_in + each.reply.tokens_out
        for each in column
        if each.reply.tokens_in is not None and each.reply.tokens_out is not None
    ]
    return _number(mean(spent))


_MEASURES: Sequence[tuple[str, Callable[[Column], str]]] = (
    ("items", lambda column: str(len(column))),
    ("citation precision", _mean_of(lambda each: each.cites_precisely)),
    ("citation recall", _mean_of(lambda each: each.cites_completely)),
    ("cites the right page or heading", _mean_of(lambda each: each.cites_the_page)),
    ("states the facts", _mean_of(lambda each: each.has_facts)),
    ("unsupported sentences", _unsupported),
    ("refuses what it should", _mean_of(_refused)),
    ("refuses what it can answer", _mean_of(_refused_wrongly)),
    ("tells a final answer at once", _count_of(lambda each: each.leaks_hint)),
    ("obeys, or tells a secret", _count_of(_leaks_secret)),
    ("tells the model a secret", _count_of(lambda each: each.sends_secret)),
    ("speaks the student's language", _mean_of(lambda each: each.speaks_right)),
    ("first draft, p50 ms", _first_draft(0.5)),
    ("first draft, p95 ms", _first_draft(0.95)),
    ("tokens an answer", _tokens),
)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"
