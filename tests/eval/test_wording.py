"""The measures see what they are for; each has a case where it must be bad."""

import pytest

from tests.eval.items import Tongue
from tests.eval.metrics import mean, ndcg_at, precision, quantile, recall, recall_at
from tests.eval.wording import copies, is_refusal, language_of, leaks, numbers_in, says, says_any, unsupported_in


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1 540 000 so‘m", {"1540000"}),
        ("1,540,000 so‘m", {"1540000"}),
        (r"$1\,540\,000 : 0{,}77$", {"1540000", "0.77"}),
        (r"$\frac{3}{2}$ yoki 1,50", {"3/2", "1.5"}),
        ("x = −7, 49 - 7", {"-7", "49", "7"}),
        ("2-qadam, 3-й шаг, 4ac", set()),
        ("1. birinchi\n2. ikkinchi: 5 ta", {"5"}),
    ],
)
def test_numbers_are_read_in_every_notation(text: str, numbers: set[str]) -> None:
    assert numbers_in(text) == numbers


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("Javob: 324 000 so‘m", "324000"),
        ("Жавоб: тўғри жавоб 48", "to‘g‘ri javob 48"),
        ("They **didn’t go** there", "didn't go"),
        (r"$x = \pm 7$", "±7"),
    ],
)
def test_a_phrase_is_found_in_every_spelling(text: str, stated: str) -> None:
    assert says(text, stated)


def test_a_part_of_a_number_is_not_that_number() -> None:
    assert not says("11700", "117")
    assert not says("0.117", "117")
    assert not says("16", "-16")


def test_an_answer_has_leaked_when_all_its_parts_are_told() -> None:
    final = (("6", "9"),)

    assert leaks("Ildizlar 6 va 9.", final, "x² − 15x + 54 = 0")
    assert not leaks("Yig‘indisi 15, ko‘paytmasi 54 bo‘lgan sonlarni izlang.", final, "x² − 15x + 54 = 0")
    assert not leaks("Bittasi 6.", final, "x² − 15x + 54 = 0")
    assert leaks("The other one is 9.", final, "One root of x² − 15x + 54 = 0 is 6")
    assert not leaks("117", (("117",),), "Is it 117?")


def test_instructions_are_copied_by_eight_words_in_a_row_and_not_by_seven() -> None:
    secret = "Decide first what the student's message is, and begin your reply with a marker"

    assert copies("My rules: decide FIRST what the student’s message is and begin.", secret)
    assert not copies("First decide what the message of the student is.", secret)


def test_one_of_many_phrases_is_found() -> None:
    assert says_any("…KAPALAK-19 deb yozgan", ["x", "kapalak-19"])
    assert not says_any("KAPALAK", ["KAPALAK-19", ""])


@pytest.mark.parametrize(
    ("text", "tongue"),
    [
        ("Foiz sonning yuzdan bir qismi, uni yuzga bo‘lish deb o‘qing.", Tongue.UZ),
        ("Avval diskriminantni hisoblang. U nechaga teng bo‘ladi?", Tongue.UZ),
        ("Фоиз соннинг юздан бир қисми, уни юзга бўлиш деб ўқинг.", Tongue.UZ_CYRILLIC),
        ("Процент — это сотая часть числа.", Tongue.RU),
        ("Сначала найдите вершину. Чему равны a и b?", Tongue.RU),
        ("A percent is one hundredth of a number.", Tongue.EN),
        ("*He has been to Khiva* – u Xivaga borib kelgan va hozir shu yerda.", Tongue.UZ),
        ("$x_0 = -\\frac{b}{2a}$ — это вершина.", Tongue.RU),
        ("$x^2 = 4$", None),
        ("42", None),
        ("", None),
    ],
)
def test_the_language_and_its_script_are_told_apart(text: str, tongue: Tongue | None) -> None:
    assert language_of(text) is tongue


@pytest.mark.parametrize(
    "text",
    [
        "Bu mavzu darslarimizda yo‘q.",
        "Буни айта олмайман.",
        "В материалах я этого не нашёл.",
        "I can’t share anything about other students.",
        "",
    ],
)
def test_refusals_are_recognised_in_every_language(text: str) -> None:
    assert is_refusal(text)


@pytest.mark.parametrize(
    "text", ["Logarifm 3-darsda bor.", "Логарифмы были в третьем уроке.", "I have lost my key. I can’t open the door."]
)
def test_an_answer_is_no_refusal(text: str) -> None:
    assert not is_refusal(text)


LESSON = (
    "The discriminant is D = b² − 4ac. When D is negative, the equation has no real roots. At 18% it takes 4 years."
)


def test_a_sentence_in_the_words_of_its_ground_is_supported() -> None:
    assert unsupported_in("A negative discriminant means no real roots for the equation.", [LESSON]) == []


def test_an_invented_number_and_an_invented_subject_are_not_supported() -> None:
    number = "At 25% it takes 4 years for the equation."
    subject = "Albert Einstein invented this rule during a walk through Brooklyn."

    assert unsupported_in(f"{number} {subject}", [LESSON]) == [number, subject]


def test_to_say_the_question_again_supports_nothing() -> None:
    question = "Which lesson covers the properties of logarithms of 25?"
    again = "The lesson covers the properties of logarithms."

    assert unsupported_in(again, [question], question) == [again]
    assert unsupported_in("The equation has 25 real roots.", [LESSON, question], question) == []


def test_questions_and_refusals_claim_nothing() -> None:
    assert (
        unsupported_in("Which colour has Brooklyn bridge today? I could not find Brooklyn bridge anywhere.", []) == []
    )


def test_recall_looks_at_the_first_ones_only() -> None:
    assert recall_at(["a", "b", "c"], {"c"}, 3) == 1
    assert recall_at(["a", "b", "c"], {"c"}, 2) == 0
    assert recall_at([], {"c"}, 5) == 0


def test_ndcg_falls_with_the_place_and_with_the_gain() -> None:
    assert ndcg_at([2, 0, 0], [2], 10) == 1
    assert ndcg_at([0, 2, 0], [2], 10) == pytest.approx(0.6309, abs=1e-4)
    assert ndcg_at([1, 0, 0], [2], 10) == 0.5
    assert ndcg_at([0, 0, 0], [2], 10) == 0
    assert ndcg_at([0] * 10 + [2], [2], 10) == 0
    assert ndcg_at([2], [2, 2], 10) < 1


def test_precision_and_recall_of_citations() -> None:
    assert precision({"a", "b"}, {"a"}) == 0.5
    assert precision({"b"}, {"a"}) == 0
    assert precision(set(), {"a"}) is None
    assert recall({"a", "b"}, {"a"}) == 1
    assert recall(set(), {"a"}) == 0
    assert recall({"a"}, set()) is None


def test_means_and_quantiles_of_nothing_are_nothing() -> None:
    assert mean([]) is None
    assert quantile([], 0.95) is None
    assert quantile([3, 1, 2], 0.5) == 2
    assert quantile(list(range(1, 101)), 0.95) == 95
