"""The table: banks of questions, the settings card of a quiz, marks."""

from dataclasses import replace

from domain.quizzes.bank_model import Sieve
from domain.quizzes.card_model import AlreadyMarked
from domain.quizzes.settings import Face, Pool, Reveal
from tests.db.authorisation_table import ONE, Target, case, staff, teachers
from tests.db.quiz_world import NOON, draft

NEW = replace(draft("new"), topic="T")


def pool_of(target: Target) -> Pool:
    return Pool(bank_id=target.kit.bank, count=1)


BANK = (
    case("banks.banks", staff, lambda d, w, t: d.banks.banks(w, t.course_id)),
    case("banks.add_bank", staff, lambda d, w, t: d.banks.add_bank(w, t.course_id, "Yangi")),
    case("banks.rename_bank", staff, lambda d, w, t: d.banks.rename_bank(w, t.kit.bank, "Nom")),
    case("banks.archive_bank", staff, lambda d, w, t: d.banks.archive_bank(w, t.kit.bank)),
    case("banks.restore_bank", staff, lambda d, w, t: d.banks.restore_bank(w, t.kit.bank)),
    case("banks.page", staff, lambda d, w, t: d.banks.page(w, t.kit.bank, Sieve())),
    case("banks.question", staff, lambda d, w, t: d.banks.question(w, t.kit.bank_question)),
    case("banks.add_question", staff, lambda d, w, t: d.banks.add_question(w, t.kit.bank, NEW)),
    case("banks.change_question", staff, lambda d, w, t: d.banks.change_question(w, t.kit.bank_question, NEW)),
    case("banks.retire_question", staff, lambda d, w, t: d.banks.retire_question(w, t.kit.bank_question)),
    case("banks.put_back", staff, lambda d, w, t: d.banks.put_back(w, t.kit.bank_question)),
    case("banks.relabel", staff, lambda d, w, t: d.banks.relabel(w, t.kit.bank, [t.kit.bank_question], topic="T")),
    case("banks.found", staff, lambda d, w, t: d.banks.found(w, t.kit.bank, Sieve())),
    case("banks.unlabel", staff, lambda d, w, t: d.banks.unlabel(w, t.kit.bank, [t.kit.bank_question])),
    case("quiz_settings.card", staff, lambda d, w, t: d.quiz_settings.card(w, t.lesson_id)),
    case("quiz_settings.offer", staff, lambda d, w, t: d.quiz_settings.offer(w, t.lesson_id, pool_of(t))),
    case("quiz_settings.add_pool", staff, lambda d, w, t: d.quiz_settings.add_pool(w, t.lesson_id, pool_of(t))),
    case("quiz_settings.remove_pool", staff, lambda d, w, t: d.quiz_settings.remove_pool(w, t.lesson_id, pool_of(t))),
    case("quiz_settings.shuffle", staff, lambda d, w, t: d.quiz_settings.shuffle(w, t.lesson_id, questions=True)),
    case("quiz_settings.limit_attempts", staff, lambda d, w, t: d.quiz_settings.limit_attempts(w, t.lesson_id, 2)),
    case("quiz_settings.limit_time", staff, lambda d, w, t: d.quiz_settings.limit_time(w, t.lesson_id, 20)),
    case("quiz_settings.limit_question", staff, lambda d, w, t: d.quiz_settings.limit_question(w, t.lesson_id, 20)),
    case("quiz_settings.set_penalty", staff, lambda d, w, t: d.quiz_settings.set_penalty(w, t.lesson_id, 25)),
    case("quiz_settings.set_reveal", staff, lambda d, w, t: d.quiz_settings.set_reveal(w, t.lesson_id, Reveal.AT_END)),
    case("quiz_settings.set_face", staff, lambda d, w, t: d.quiz_settings.set_face(w, t.lesson_id, Face.POLLS)),
    case("quiz_settings.open_at", staff, lambda d, w, t: d.quiz_settings.open_at(w, t.lesson_id, "5.4 09:00")),
    case("quiz_settings.close_at", staff, lambda d, w, t: d.quiz_settings.close_at(w, t.lesson_id, "5.4 11:00")),
    case(
        "quiz_settings.set_exam",
        staff,
        lambda d, w, t: d.quiz_settings.set_exam(w, t.lesson_id, is_exam=False),
    ),
    case("marking.waiting", teachers, lambda d, w, t: d.marking.waiting(w), courses=ONE),
    case("marking.sheet", staff, lambda d, w, t: d.marking.sheet(w, t.kit.written, t.kit.essay)),
    case("marking.mark", staff, lambda d, w, t: d.marking.mark(w, t.kit.written, t.kit.essay, 100)),
    case(
        "marking.take_back",
        staff,
        # Whoever may, learns that there is no such mark.
        lambda d, w, t: d.marking.take_back(w, t.kit.written, t.kit.essay, NOON),
        meets=(AlreadyMarked,),
    ),
)

NEVER_DONE_BANK = {"marking.take_back"}
