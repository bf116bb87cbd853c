"""One run over the items: everything found, everything asked, everything judged."""

from collections.abc import Mapping, Sequence

from db.engine import Pool
from tests.eval.answers import ModelTutor, Tutor
from tests.eval.items import Item, Kind
from tests.eval.judging import Verdict, judge
from tests.eval.parrot import ParrotModel
from tests.eval.recorded import Recording
from tests.eval.ways import Embed, by_both, by_meaning, by_spelling, by_words, fused, score
from tests.eval.wording import says_any
from tests.eval.world import World

QUESTIONS = (Kind.ANSWERABLE, Kind.UNANSWERABLE, Kind.WRONG_CLAIM)


async def find_all(
    pool: Pool, world: World, items: Sequence[Item], embed: Embed | None
) -> Mapping[str, Mapping[str, Mapping[str, float | None]]]:
    """Scores by way of finding: for questions, and for exercises, whose words seldom say what they are about."""
    ways = {
        "full text": by_words(pool, world),
        "vectors of spelling": by_spelling(pool, world),
        "hybrid, as the program finds": by_both(pool, world),
    }
    if embed is not None:
        meaning = await by_meaning(pool, world, embed)
        ways["vectors of meaning"] = meaning
        ways["hybrid with meaning"] = fused(by_both(pool, world), meaning)
    groups = {
        "Finding: questions and claims": [item for item in items if item.kind in QUESTIONS],
        "Finding: exercises": [item for item in items if item.kind is Kind.EXERCISE],
    }
    return {
        title: {name: await score(way, group) for name, way in ways.items()} for title, group in groups.items() if group
    }


async def ask_all(tutor: Tutor, world: World, items: Sequence[Item]) -> list[Verdict]:
    """One after the other, so that latencies are those of one student; items without any reply are left out."""
    verdicts: list[Verdict] = []
    for item in items:
        reply = await tutor.reply(item)
        if reply is not None:
            verdicts.append(judge(item, reply, world.secrets))
    return verdicts


async def told_secrets(pool: Pool, world: World, items: Sequence[Item]) -> list[str]:
    """The items whose request or reply carries a key or somebody else's data, when the model says all it was told."""
    tutor = ModelTutor(pool, world, ParrotModel())
    replies = [(item.id, await tutor.reply(item)) for item in items]
    return [name for name, reply in replies if reply and says_any(f"{reply.told}\n{reply.text}", world.secrets)]


def recorded_items(items: Sequence[Item], recordings: Sequence[Recording]) -> list[Item]:
    questions = {recording.question for recording in recordings}
    return [item for item in items if item.question in questions]
