"""What generated questions need: a model that writes, and what has to be kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from domain.courses.model import LessonId
from domain.language import Language
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.generation_model import (
    Decision,
    Generation,
    GenerationId,
    GenerationState,
    Order,
    Proposal,
    ProposalId,
    Scope,
    Tally,
    Trouble,
    Verdict,
)
from domain.quizzes.model import QuestionId
from domain.tutor.model import ChatMessage, Usage
from domain.users.model import UserId

GENERATE_JOB = "generate_questions"
"""Payload: `generation_id`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """One call of the model."""

    messages: tuple[ChatMessage, ...]
    schema: dict[str, Any]
    """JSON schema of the reply, for servers that keep to one."""
    max_tokens: int

    @property
    def estimate(self) -> int:
        """Tokens that the call may cost at most, by a careful guess: two characters a token."""
        return sum(len(message["content"]) for message in self.messages) // 2 + self.max_tokens


@dataclass(frozen=True, slots=True)
class Reply:
    text: str
    """JSON, if the model did what it was told."""
    usage: Usage | None
    """None when the server does not count: then the estimate counts."""


class QuestionWriter(Protocol):
    """A language model that replies in JSON."""

    async def ask(self, prompt: Prompt) -> Reply:
        """One whole reply. Raises ModelUnavailable, ModelBusy or ModelRefused."""
        ...


class Spending(Protocol):
    """Tokens by person and day, and of the whole centre by day."""

    async def reserve(self, user_id: UserId, day: date, tokens: int, *, own_cap: int, centre_cap: int) -> bool:
        """Count them as spent; False when one of the two caps would be passed, and then nothing may be committed."""
        ...

    async def settle(self, user_id: UserId, day: date, difference: int) -> None:
        """Correct a reservation by what the call has really cost; the difference may be negative."""
        ...


class Generations(Protocol):
    async def source_texts(self, lesson_id: LessonId, scope: Scope, language: Language) -> Sequence[str]:
        """The texts of the lesson's parts, or of all lessons of its section, in their order."""
        ...

    async def add(
        self, actor_id: UserId, lesson_id: LessonId, order: Order, text: str, now: datetime
    ) -> GenerationId | None:
        """None when one of this teacher is being worked on: unique in the schema."""
        ...

    async def working_of(self, actor_id: UserId) -> GenerationId | None: ...
    async def get(self, generation_id: GenerationId) -> Generation | None: ...
    async def latest(self, lesson_id: LessonId) -> GenerationId | None:
        """The newest one of the lesson that has something to decide, or is being worked on."""
        ...

    async def end(
        self, generation_id: GenerationId, state: GenerationState, trouble: Trouble | None, now: datetime
    ) -> bool:
        """False when it had ended already."""
        ...

    async def note_tokens(self, generation_id: GenerationId, tokens: int) -> None: ...
    async def note_progress(self, generation_id: GenerationId, message_id: int | None) -> None: ...
    async def store_batch(
        self, generation_id: GenerationId, drafts: Sequence[QuestionDraft], *, batches_before: int
    ) -> bool:
        """Keep what a call has written; False, with nothing kept, when another run has stored this batch already."""
        ...

    async def unchecked(self, generation_id: GenerationId, limit: int) -> Sequence[Proposal]: ...
    async def set_verdicts(self, verdicts: Sequence[tuple[ProposalId, Verdict, str | None]]) -> None: ...
    async def tally(self, generation_id: GenerationId) -> Tally: ...
    async def proposals(self, generation_id: GenerationId) -> Sequence[Proposal]: ...
    async def known(self, lesson_id: LessonId, limit: int) -> Sequence[QuestionDraft]:
        """Questions in use of the lesson's quiz and the newest ones of the banks of its course."""
        ...

    async def lock_proposal(self, proposal_id: ProposalId) -> Proposal | None:
        """Locked until the transaction ends."""
        ...

    async def decide(
        self, proposal_id: ProposalId, decision: Decision, question_id: QuestionId | None, now: datetime
    ) -> None: ...
    async def rewrite(self, proposal_id: ProposalId, draft: QuestionDraft) -> None: ...
