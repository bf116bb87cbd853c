"""What the screens of tests that are sent show."""

from typing import Any

from aiogram_dialog import DialogManager

from bot.courses.question_import_actions import shown_question_import, target_of
from bot.courses.question_import_words import (
    MISTAKES_PAGE,
    PAGE,
    REFUSALS,
    WAYS,
    import_name,
    left_out_lines,
    question_text,
    summary_lines,
)
from bot.i18n import Safe, _, current_language, shorten
from bot.services import current_user, services
from domain.quizzes.importing.imports import DRAWS, QuestionImportState
from domain.quizzes.importing.previewing import ImportPreview


async def import_target(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    imports = services(dialog_manager).question_imports
    destination = await imports.admit(current_user(dialog_manager).id, target_of(dialog_manager))
    return {
        "title": destination.title.read_in(current_language()),
        "ways": _(WAYS),
        "reads_photos": imports.reads_photos,
        "is_lesson": destination.target.lesson_id is not None,
        "is_bank": destination.target.bank_id is not None,
    }


async def import_reading(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    preview = await _preview(dialog_manager)
    is_waiting = preview.imported.state is QuestionImportState.WAITING
    return {**_facts(preview), "is_waiting": is_waiting, "is_read": not is_waiting}


async def import_asked(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    preview = await _preview(dialog_manager)
    is_open = preview.imported.state is QuestionImportState.READY
    return {**_facts(preview), "found": preview.imported.found, "is_open": is_open, "is_closed": not is_open}


async def import_preview(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    preview = await _preview(dialog_manager)
    imported, new = preview.imported, preview.heaps.new
    language = current_language()
    pages = max(-(-len(new) // PAGE), 1)
    page = min(int(dialog_manager.dialog_data.get("page", 0)), pages - 1)
    first = page * PAGE
    shown = [
        question_text(number, draft, language) for number, draft in enumerate(new[first : first + PAGE], first + 1)
    ]
    is_ready = imported.state is QuestionImportState.READY
    lines = summary_lines(preview) if is_ready else []
    if imported.refusal is not None:
        lines.append(_(REFUSALS[imported.refusal]))
    return {
        **_facts(preview),
        "summary": Safe("\n".join(lines)),
        "questions": Safe("\n\n".join(shown)),
        "count": preview.count,
        "page": page + 1,
        "pages": pages,
        "has_pages": len(new) > PAGE,
        "can_add": is_ready and preview.count > 0,
        "must_choose": is_ready and bool(preview.open_questions),
        "open_count": len(preview.open_questions),
        "has_left_out": is_ready and bool(preview.heaps.wrong or preview.heaps.repeated),
        "left_out_count": len(preview.heaps.wrong) + len(preview.heaps.repeated),
        "can_bank": is_ready and preview.left_out > 0 and imported.target.lesson_id is not None,
        "all": len(new),
        "is_open": imported.is_open,
        "is_added": imported.state is QuestionImportState.ADDED,
        "is_undone": imported.state is QuestionImportState.UNDONE,
        "is_filed": imported.state is QuestionImportState.FILED,
    }


async def import_left_out(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    preview = await _preview(dialog_manager)
    lines = left_out_lines(preview.heaps.wrong, preview.heaps.repeated)
    pages = max(-(-len(lines) // MISTAKES_PAGE), 1)
    page = min(int(dialog_manager.dialog_data.get("mistakes_page", 0)), pages - 1)
    first = page * MISTAKES_PAGE
    return {
        **_facts(preview),
        "lines": Safe("\n\n".join(lines[first : first + MISTAKES_PAGE])),
        "is_empty": not lines,
        "has_pages": pages > 1,
        "page": page + 1,
        "pages": pages,
    }


async def import_key(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The next poll whose right answer is not known; each button carries which poll it is about."""
    preview = await _preview(dialog_manager)
    left = preview.open_questions
    if not left:
        return {**_facts(preview), "is_over": True, "is_asked": False, "options": [], "skips": []}
    asked = left[0]
    return {
        **_facts(preview),
        "is_over": False,
        "is_asked": True,
        "left": len(left),
        "question": shorten(asked.text, 1_000),
        "options": [(f"{asked.place}-{index}", text) for index, text in enumerate(asked.options)],
        "skips": [(f"{asked.place}-", _("✖️ Leave this question out"))],
    }


async def import_draw(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    preview = await _preview(dialog_manager)
    count = len(preview.heaps.new)
    draws = [(draw, str(draw)) for draw in DRAWS if draw <= count]
    return {**_facts(preview), "all": count, "draws": draws}


async def import_done(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    preview = await _preview(dialog_manager)
    imported = preview.imported
    return {
        **_facts(preview),
        "added": imported.added_count,
        "is_added": imported.state is QuestionImportState.ADDED,
        "is_undone": imported.state is QuestionImportState.UNDONE,
        "has_bank": imported.state is QuestionImportState.ADDED and imported.made_bank_id is not None,
    }


async def _preview(manager: DialogManager) -> ImportPreview:
    return await services(manager).question_imports.preview(current_user(manager).id, shown_question_import(manager))


def _facts(preview: ImportPreview) -> dict[str, Any]:
    return {
        "name": import_name(preview.imported),
        "title": preview.destination.title.read_in(current_language()),
        "is_lesson": preview.imported.target.lesson_id is not None,
        "is_bank": preview.imported.target.bank_id is not None,
    }
