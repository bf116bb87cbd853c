"""The worst model: it says all that it was told. What it cannot leak, no model and no injection can."""

from collections.abc import AsyncGenerator, Sequence

from domain.tutor.model import ChatMessage, Chunk


class ParrotModel:
    name = "parrot"

    async def stream(self, messages: Sequence[ChatMessage], max_tokens: int) -> AsyncGenerator[Chunk, None]:
        yield Chunk(text="[answer]\n" + "\n\n".join(message["content"] for message in messages))
