"""Which questions an attempt has, and the order in which it shows their options: all of it follows from its seed.

A seed is never 0 for a new attempt. Above 0 the options are shuffled; below 0 they stand as they are kept. What would
give the key away in its kept order, the items of an ordering and the right sides of a matching, is shuffled always.
"""

import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from domain.quizzes.keys import (
    Arranged,
    Choice,
    Essay,
    Key,
    Matching,
    Multiple,
    Number,
    Ordering,
    Response,
    Short,
    Single,
    TrueFalse,
    Written,
)
from domain.quizzes.settings import Pool, QuizSettings

LARGEST_SEED = 2**62


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that an attempt may get."""

    id: int
    points: int


@dataclass(frozen=True, slots=True)
class Candidates:
    own: Sequence[Candidate]
    """The quiz's own questions, in their order."""
    pools: Sequence[Sequence[Candidate]]
    """For each pool of the settings its bank's questions in the order of chance: as many as all pools together ask."""


def new_chance() -> int:
    """A random number for `new_seed`; tests bring their own."""
    return secrets.randbelow(LARGEST_SEED)


def new_seed(chance: int, settings: QuizSettings) -> int:
    """The seed of an attempt out of a random number from 0 on."""
    seed = chance % LARGEST_SEED + 1
    return seed if settings.shuffles_options else -seed


def draw_seed(seed: int, quiz_id: int, user_id: int, settings: QuizSettings, number: int | None = None) -> int:
    """What decides which questions are drawn: in an exam the student's parallel version, else the attempt alone."""
    if not settings.is_exam:
        return abs(seed)
    return _number(f"exam:{quiz_id}:{version_of(quiz_id, user_id, settings, number)}")


def version_of(quiz_id: int, user_id: int, settings: QuizSettings, number: int | None = None) -> int:
    """The parallel version of an exam that a student gets, counting from 0; always the same one.

    `number`: the student's in the order of registration, by which neighbours get different versions; whoever has none,
    because they joined when the exam had begun, gets one by chance.
    """
    return (_number(f"version:{quiz_id}:{user_id}") if number is None else number) % settings.versions


def drawn(candidates: Candidates, settings: QuizSettings, seed: int) -> tuple[Candidate, ...]:
    """The questions of an attempt: its own ones and each pool's, none twice; shuffled when the settings say so."""
    chosen = list(candidates.own)
    taken = {candidate.id for candidate in chosen}
    for pool, offered in zip(settings.pools, candidates.pools, strict=True):
        fresh = [candidate for candidate in offered if candidate.id not in taken][: pool.count]
        taken.update(candidate.id for candidate in fresh)
        chosen += fresh
    if settings.shuffles_questions:
        random.Random(f"questions:{abs(seed)}").shuffle(chosen)  # noqa: S311 - an order, not a secret
    return tuple(chosen)


def asked_for(pools: Sequence[Pool]) -> int:
    """How many candidates of each pool are enough, whatever the other pools take of the same bank."""
    return sum(pool.count for pool in pools)


@dataclass(frozen=True, slots=True)
class Places:
    """In what order one attempt shows a question; `options[place]` is the kept index of what stands there."""

    options: tuple[int, ...]
    rights: tuple[int, ...] = ()
    """Of a matching."""

    def kept(self, response: Response) -> Response:
        """A response by places on the screen, as it is compared with the key. Places that are not there are kept out.

        Raises IndexError for a place that is not on the screen.
        """
        match response:
            case Choice(options):
                return Choice(frozenset(_at(self.options, place) for place in options))
            case Arranged(order):
                # Of a matching the lines are left sides, which stand as they are kept, and the places are right sides.
                source = self.rights or self.options
                return Arranged(tuple(_at(source, place) for place in order))
            case Written():
                return response

    def shown(self, response: Response) -> Response:
        """The opposite of `kept`."""
        match response:
            case Choice(options):
                return Choice(frozenset(self.options.index(index) for index in options))
            case Arranged(order):
                source = self.rights or self.options
                return Arranged(tuple(source.index(index) for index in order))
            case Written():
                return response


def places(seed: int, question_id: int, key: Key, option_count: int) -> Places:
    """The order for one question of an attempt; always the same for the same attempt."""
    kept = tuple(range(option_count))
    match key:
        case TrueFalse():
            return Places((0, 1))
        case Ordering():
            return Places(_mixed(kept, f"{abs(seed)}:{question_id}"))
        case Matching(rights):
            return Places(kept, _mixed(tuple(range(len(rights))), f"{abs(seed)}:{question_id}"))
        case Single() | Multiple() if seed > 0:
            return Places(_shuffled(kept, f"{seed}:{question_id}"))
        case _:
            return Places(kept)


def solution_of(key: Key, option_count: int) -> Response | None:
    """The right answer as a response, in the kept order; None for an essay. Only for who may know it."""
    match key:
        case Single(correct):
            return Choice(frozenset({correct}))
        case Multiple(correct):
            return Choice(correct)
        case TrueFalse(is_true):
            return Choice(frozenset({0 if is_true else 1}))
        case Short(accepted):
            return Written(accepted[0])
        case Number(value, tolerance):
            return Written(f"{value:f} ± {tolerance:f}" if tolerance else f"{value:f}")
        case Matching() | Ordering():
            return Arranged(tuple(range(option_count)))
        case Essay():
            return None


def _at(places_: tuple[int, ...], place: int) -> int:
    if not 0 <= place < len(places_):
        raise IndexError(place)
    return places_[place]


def _mixed(items: tuple[int, ...], name: str) -> tuple[int, ...]:
    """Shuffled, and never as it was."""
    mixed = _shuffled(items, name)
    return mixed if mixed != items or len(items) < 2 else (*items[1:], items[0])


def _shuffled(items: tuple[int, ...], name: str) -> tuple[int, ...]:
    shuffled = list(items)
    random.Random(f"options:{name}").shuffle(shuffled)  # noqa: S311 - an order, not a secret
    return tuple(shuffled)


def _number(name: str) -> int:
    return random.Random(name).randrange(1, LARGEST_SEED)  # noqa: S311 - the same for everybody of a version
