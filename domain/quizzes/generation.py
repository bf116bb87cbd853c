"""A teacher orders questions from a model, and decides about each of them."""

from domain.clock import Clock
from domain.courses.model import LessonId
from domain.errors import InvalidInput, NotAllowed
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.errors import QuizFull
from domain.quizzes.generation_errors import GenerationGone, GenerationRunning, ProposalKnown, TooLittleText
from domain.quizzes.generation_model import (
    MAX_MATERIAL,
    MIN_MATERIAL,
    Decision,
    Generation,
    GenerationId,
    GenerationState,
    Order,
    Proposal,
    ProposalId,
    ReviewPage,
    Scope,
    Verdict,
)
from domain.quizzes.generation_ports import GENERATE_JOB
from domain.quizzes.likeness import Known
from domain.quizzes.model import MAX_QUESTIONS, QuestionId
from domain.tutor.errors import NoModel
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import UserId

COMPARED = 600
"""Questions of the quiz and the course's banks, the newest first, that a proposal is compared with."""


class GenerationService:
    """For those who teach the lesson; for everybody else there is nothing. Any of its teachers may decide."""

    def __init__(self, *, begin: Begin, read: Begin, now: Clock, is_connected: bool) -> None:
        """`is_connected`: a model is there; without one nothing new can be ordered."""
        self._begin = begin
        self._read = read
        self._now = now
        self.is_connected = is_connected

    async def order(self, actor_id: UserId, lesson_id: LessonId, order: Order) -> GenerationId:
        """Ask for questions; a job writes them. Asked again while it works, it is refused.

        Raises NotAllowed, NoModel, InvalidInput, TooLittleText, GenerationRunning.
        """
        checked = order.checked()
        async with self._begin() as uow:
            await _allow(uow, actor_id, lesson_id)
            if not self.is_connected:
                raise NoModel
            text = await _source(uow, lesson_id, checked)
            generation_id = await uow.generations.add(actor_id, lesson_id, checked, text, self._now())
            if generation_id is None:
                raise GenerationRunning(await uow.generations.working_of(actor_id) or 0)
            await uow.jobs.enqueue(
                GENERATE_JOB, {"generation_id": generation_id}, key=f"{GENERATE_JOB}:{generation_id}"
            )
            await uow.commit()
        return generation_id

    async def door(self, actor_id: UserId, lesson_id: LessonId) -> GenerationId | None:
        """The order of this lesson that waits for somebody, if one does. Raises NotAllowed."""
        async with self._read() as uow:
            await _allow(uow, actor_id, lesson_id)
            return await uow.generations.latest(lesson_id)

    async def stop(self, actor_id: UserId, generation_id: GenerationId) -> None:
        """End it; what has come stays. A call that is under way is paid and thrown away. Raises GenerationGone."""
        async with self._begin() as uow:
            await _found(uow, actor_id, generation_id)
            await uow.generations.end(generation_id, GenerationState.STOPPED, None, self._now())
            await uow.commit()

    async def review(self, actor_id: UserId, generation_id: GenerationId) -> ReviewPage:
        """Raises GenerationGone."""
        async with self._read() as uow:
            generation = await _found(uow, actor_id, generation_id)
            proposals = await uow.generations.proposals(generation_id)
        ranks = {Verdict.GOOD: 0, Verdict.UNCLEAR: 1}
        waiting = [item for item in proposals if item.is_offered and item.decision is Decision.WAITING]
        return ReviewPage(
            generation=generation,
            waiting=tuple(sorted(waiting, key=lambda item: (ranks.get(item.verdict or Verdict.WRONG, 2), item.number))),
            taken=sum(item.decision is Decision.TAKEN for item in proposals),
            dropped=sum(item.decision is Decision.DROPPED for item in proposals),
            left_out=sum(not item.is_offered for item in proposals),
        )

    async def take(self, actor_id: UserId, proposal_id: ProposalId) -> QuestionId:
        """Make it a question of the lesson's quiz, once: asked again, it answers with the same question.

        Raises GenerationGone, ProposalKnown, QuizFull.
        """
        async with self._begin() as uow:
            proposal = await _locked(uow, actor_id, proposal_id)
            if proposal.question_id is not None:
                return proposal.question_id
            known = Known(tuple(await uow.generations.known(proposal.lesson_id, COMPARED)))
            question_id = await self._add(uow, actor_id, proposal, known)
            if question_id is None:
                raise ProposalKnown(proposal_id)
            await uow.commit()
        return question_id

    async def take_good(self, actor_id: UserId, generation_id: GenerationId) -> int:
        """Take all that the second reading confirmed; how many. What the quiz has meanwhile stays waiting.

        All or none. Raises GenerationGone, QuizFull.
        """
        async with self._begin() as uow:
            generation = await _found(uow, actor_id, generation_id)
            known = Known(tuple(await uow.generations.known(generation.lesson_id, COMPARED)))
            taken = 0
            for listed in await uow.generations.proposals(generation_id):
                proposal = await uow.generations.lock_proposal(listed.id) if listed.is_good else None
                if proposal is not None and proposal.is_good:
                    taken += await self._add(uow, actor_id, proposal, known) is not None
            await uow.commit()
        return taken

    async def drop(self, actor_id: UserId, proposal_id: ProposalId) -> None:
        """Raises GenerationGone, also for what was taken."""
        await self._decide(actor_id, proposal_id, Decision.DROPPED)

    async def bring_back(self, actor_id: UserId, proposal_id: ProposalId) -> None:
        """Undo a drop. Raises GenerationGone."""
        await self._decide(actor_id, proposal_id, Decision.WAITING)

    async def rewrite(self, actor_id: UserId, proposal_id: ProposalId, draft: QuestionDraft) -> None:
        """Put the teacher's own words in its place: nobody has to read them a second time.

        Raises GenerationGone, InvalidInput.
        """
        checked = draft.checked()
        async with self._begin() as uow:
            proposal = await _locked(uow, actor_id, proposal_id)
            if proposal.decision is not Decision.WAITING:
                raise GenerationGone(proposal_id)
            await uow.generations.rewrite(proposal_id, checked)
            await uow.commit()

    async def _decide(self, actor_id: UserId, proposal_id: ProposalId, decision: Decision) -> None:
        async with self._begin() as uow:
            proposal = await _locked(uow, actor_id, proposal_id)
            if proposal.decision is Decision.TAKEN:
                raise GenerationGone(proposal_id)
            await uow.generations.decide(proposal_id, decision, None, self._now())
            await uow.commit()

    async def _add(self, uow: UnitOfWork, actor_id: UserId, proposal: Proposal, known: Known) -> QuestionId | None:
        """None when the quiz or a bank of the course has it already. Raises QuizFull."""
        if not known.takes(proposal.draft):
            return None
        question = await uow.quizzes.add_question(
            actor_id, proposal.lesson_id, proposal.draft, self._now(), limit=MAX_QUESTIONS
        )
        if question is None:
            raise QuizFull(proposal.lesson_id)
        await uow.generations.decide(proposal.id, Decision.TAKEN, question.id, self._now())
        return question.id


async def _allow(uow: UnitOfWork, actor_id: UserId, lesson_id: LessonId) -> None:
    authorship = await uow.quizzes.authorship(actor_id, lesson_id)
    if authorship is None or not authorship.is_author:
        raise NotAllowed


async def _found(uow: UnitOfWork, actor_id: UserId, generation_id: GenerationId) -> Generation:
    generation = await uow.generations.get(generation_id)
    authorship = await uow.quizzes.authorship(actor_id, generation.lesson_id) if generation else None
    if generation is None or authorship is None or not authorship.is_author:
        raise GenerationGone(generation_id)
    return generation


async def _locked(uow: UnitOfWork, actor_id: UserId, proposal_id: ProposalId) -> Proposal:
    proposal = await uow.generations.lock_proposal(proposal_id)
    authorship = await uow.quizzes.authorship(actor_id, proposal.lesson_id) if proposal else None
    if proposal is None or not proposal.is_offered or authorship is None or not authorship.is_author:
        raise GenerationGone(proposal_id)
    return proposal


async def _source(uow: UnitOfWork, lesson_id: LessonId, order: Order) -> str:
    """Raises TooLittleText, InvalidInput for a missing material."""
    if order.scope is Scope.MATERIAL:
        if order.material is None:
            raise InvalidInput("material", "missing")
        text = order.material
    else:
        text = "\n\n".join(await uow.generations.source_texts(lesson_id, order.scope, order.language))
    text = "".join(letter for letter in text if letter != "\0" and not "\ud800" <= letter <= "\udfff").strip()
    if len(text) < MIN_MATERIAL:
        raise TooLittleText(lesson_id)
    return text[:MAX_MATERIAL]
