"""What of a question is searched for, and how found passages are quoted."""

from collections.abc import Iterable, Iterator, Sequence

from domain.folding import folded_words, ngram_vector
from domain.language import Language
from domain.tutor.model import Passage, SearchQuery

MAX_WORDS = 24
MAX_QUOTE = 700
"""Characters of one passage in the chat."""

_SHORTEST_STEM = 4
_ENDING_SHARE = 0.3
"""So much of a long word may be an ending: Uzbek strings them together, Russian and English change them."""

_FILLERS = frozenset(
    folded_words(
        """
        a an and are be can do does find for from give how i in is it me my of on please show tell that the this to
        was what when where which who why with you
        haqida bilan bor bu uchun qanday qanaqa qaysi qayerda qachon nima nega nimaga nimadan kim men menga mening sen
        siz u ular va ham yoki esa edi emas deb degani necha nechta tushuntir tushuntirib tushuntiring ber bering qilib
        и в на с к о у по за из от до не да ли это как что где кто когда почему зачем мне меня я ты вы он она они для
        или при чем чём какой какая какие какое такое такой объясни объясните расскажи скажи пожалуйста
        """
    )
)
"""Words that questions are made of in the three languages and that say nothing about the subject."""


def search_query(question: str) -> SearchQuery:
    """The question as passages are searched: by beginnings of its telling words, and by their spelling."""
    words = _telling_words(question)
    return SearchQuery(
        words=tuple(words),
        stems=tuple(dict.fromkeys(_stem(word) for word in words)),
        vector=tuple(ngram_vector(words)),
    )


def without_fillers(words: Iterable[str]) -> Iterator[str]:
    return (word for word in words if word not in _FILLERS)


def _telling_words(question: str) -> list[str]:
    """The words that carry the question's meaning, each once; all of them when every one is a filler."""
    words = list(dict.fromkeys(folded_words(question)))
    telling = list(without_fillers(words))
    return (telling or words)[:MAX_WORDS]


def _stem(word: str) -> str:
    return word[: max(_SHORTEST_STEM, round(len(word) * (1 - _ENDING_SHARE)))]


def quoted(passages: Sequence[Passage], language: Language) -> str:
    """The passages as Markdown quotations, each under its lesson's title."""
    return "\n\n".join(
        f"**{_plain(passage.lesson_title.read_in(language))}** · {_plain(passage.heading)}\n\n{_quote(passage.text)}"
        for passage in passages
    )


def _quote(text: str) -> str:
    if len(text) > MAX_QUOTE:
        text = text[:MAX_QUOTE].rsplit(" ", 1)[0].rstrip() + " …"
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def _plain(title: str) -> str:
    return " ".join(title.replace("*", "").split())
