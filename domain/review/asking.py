"""What a card shows before its answer, and after it. The key is in nothing that is made before the grade is stored."""

from domain.quizzes.drawing import Places, places, solution_of
from domain.quizzes.keys import Matching, Response, fits
from domain.quizzes.model import Question
from domain.review.errors import NotAnAnswer
from domain.review.model import AskedAgain, CardView, ReviewCard

_REVIEWS_OF_A_CARD = 100_000


def order_of(card: ReviewCard, question: Question) -> Places:
    """In what order this review shows the question: another one each time, so that no place is learnt by heart."""
    seed = card.id * _REVIEWS_OF_A_CARD + card.review_count + 1
    return places(seed, question.id, question.key, len(question.options))


def view_of(card: ReviewCard, done: int, total: int) -> CardView:
    return CardView(
        id=card.id,
        version=card.review_count,
        question=_asked(card, card.question) if card.question else None,
        note=card.note,
        done=done,
        total=total,
    )


def kept_response(card: ReviewCard, question: Question, response: Response) -> Response:
    """In the order in which options are kept. Raises NotAnAnswer for what this question cannot get."""
    try:
        kept = order_of(card, question).kept(response)
    except IndexError as error:
        raise NotAnAnswer from error
    if not fits(question.key, len(question.options), kept):
        raise NotAnAnswer
    return kept


def shown_solution(card: ReviewCard) -> Response | None:
    """Only for after the answer."""
    question = card.question
    if question is None:
        return None
    solution = solution_of(question.key, len(question.options))
    return None if solution is None else order_of(card, question).shown(solution)


def _asked(card: ReviewCard, question: Question) -> AskedAgain:
    order = order_of(card, question)
    rights = question.key.rights if isinstance(question.key, Matching) else ()
    return AskedAgain(
        id=question.id,
        kind=question.kind,
        text=question.text,
        options=tuple(question.options[index] for index in order.options) if question.options else (),
        rights=tuple(rights[index] for index in order.rights),
        picture=question.picture,
    )
