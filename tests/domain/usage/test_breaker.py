"""A server that keeps failing is left alone, and tried again by one call at a time."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from domain.usage.breaker import FAILURES, FIRST_REST, LONGEST_REST, Breaker

NOON = datetime(2026, 12, 1, 7, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def resting(times: int = FAILURES) -> Breaker:
    breaker = Breaker()
    for _ in range(times):
        breaker = breaker.failed(NOON)
    return breaker


def test_a_few_failures_change_nothing() -> None:
    assert resting(FAILURES - 1).rest_until(NOON) is None


def test_failures_in_a_row_make_a_rest() -> None:
    assert resting().rest_until(NOON) == NOON + FIRST_REST


def test_a_success_in_between_begins_the_count_anew() -> None:
    assert resting(FAILURES - 1).succeeded().failed(NOON).rest_until(NOON) is None


def test_after_the_rest_one_call_tries_and_the_others_wait() -> None:
    later = NOON + FIRST_REST
    breaker = resting()
    assert breaker.rest_until(later) is None

    trying = breaker.begun()

    assert trying.rest_until(later) is not None
    assert trying.succeeded().rest_until(later) is None


def test_a_trial_that_fails_doubles_the_rest() -> None:
    later = NOON + FIRST_REST

    assert resting().begun().failed(later).rest_until(later) == later + 2 * FIRST_REST


def test_a_trial_that_was_left_lets_the_next_one_try() -> None:
    later = NOON + FIRST_REST

    assert resting().begun().left().rest_until(later) is None


def test_calls_that_began_before_the_rest_do_not_make_it_longer() -> None:
    assert resting(FAILURES + 3).rest_until(NOON) == NOON + FIRST_REST


def test_a_pause_that_the_server_asks_for_is_kept_at_once() -> None:
    breaker = Breaker().failed(NOON, timedelta(seconds=90))

    assert breaker.rest_until(NOON + 89 * SECOND) == NOON + 90 * SECOND
    assert breaker.rest_until(NOON + 90 * SECOND) is None


class AnyServer(RuleBasedStateMachine):
    """Whatever happens, somebody may call again within the longest rest."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.breaker = Breaker()
        self.calls = 0

    @rule(seconds=st.integers(0, 600))
    def wait(self, seconds: int) -> None:
        self.now += seconds * SECOND

    @rule()
    def begin(self) -> None:
        if self.breaker.rest_until(self.now) is None:
            self.breaker = self.breaker.begun()
            self.calls += 1

    @precondition(lambda self: self.calls)
    @rule(asked=st.none() | st.integers(1, 3600))
    def fail(self, asked: int | None) -> None:
        self.calls -= 1
        self.breaker = self.breaker.failed(self.now, timedelta(seconds=asked) if asked else None)

    @precondition(lambda self: self.calls)
    @rule()
    def succeed(self) -> None:
        self.calls -= 1
        self.breaker = self.breaker.succeeded()

    @invariant()
    def no_rest_is_endless(self) -> None:
        until = self.breaker.rest_until(self.now)
        assert until is None or self.now < until <= self.now + LONGEST_REST
        assert self.breaker.left().rest_until(self.now + LONGEST_REST) is None


TestAnyServer = AnyServer.TestCase
