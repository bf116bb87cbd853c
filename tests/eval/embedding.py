"""Vectors of meaning by the configured server, for measuring what they would bring."""

from collections.abc import Sequence

from bot.settings import ModelSettings
from tests.eval.ways import Embed

_AT_ONCE = 64
"""Texts in one request."""


def embedder(settings: ModelSettings) -> Embed:
    import openai

    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else "none"
    client = openai.AsyncOpenAI(api_key=key, base_url=settings.openai_base_url)

    async def embed(texts: Sequence[str]) -> Sequence[Sequence[float]]:
        vectors: list[Sequence[float]] = []
        for start in range(0, len(texts), _AT_ONCE):
            answer = await client.embeddings.create(
                model=settings.openai_embedding_model, input=list(texts[start : start + _AT_ONCE])
            )
            vectors += [each.embedding for each in sorted(answer.data, key=lambda each: each.index)]
        return vectors

    return embed
