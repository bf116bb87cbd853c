"""From a course as it is kept to one that travels: every file gets a path in the archive."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from domain.courses.exchange.model import (
    CourseDraft,
    FileDraft,
    LessonDraft,
    PartDraft,
    ResourceDraft,
    SectionDraft,
)
from domain.courses.exchange.ports import CourseContent, LessonContent
from domain.courses.model import Media, MediaId, PartKind

_UNWANTED = re.compile(r'[<>:"/\\|?*\s]+')
_LONGEST = 60
_SUFFIXES = {
    PartKind.PHOTO: ".jpg",
    PartKind.VIDEO: ".mp4",
    PartKind.AUDIO: ".mp3",
    PartKind.VOICE: ".ogg",
    PartKind.PDF: ".pdf",
}


@dataclass(frozen=True, slots=True)
class Package:
    """A course to be sent, and where the content of each of its files comes from."""

    draft: CourseDraft
    sources: Mapping[str, Media]
    """By path."""


def package_of(content: CourseContent, *, with_fiscal_codes: bool) -> Package:
    """`with_fiscal_codes`: they are shown to admins only."""
    packer = _Packer()
    course = content.course
    cover = packer.path_of(content.cover) if content.cover else None
    sections = tuple(
        SectionDraft(title=section.title, lessons=tuple(packer.lesson(each) for each in lessons))
        for section, lessons in content.sections
    )
    draft = CourseDraft(
        title=course.title,
        language=course.language,
        category=content.category,
        description=course.description,
        level=course.level,
        slug=course.slug,
        sale=course.sale,
        price=course.price,
        stars=course.stars,
        has_certificate=course.has_certificate,
        certificate_percent=course.certificate_percent,
        fiscal=course.fiscal if with_fiscal_codes else None,
        cover=cover,
        prerequisites=tuple(sorted(content.prerequisites)),
        sections=sections,
        files=packer.files,
    )
    return Package(draft, packer.sources)


class _Packer:
    def __init__(self) -> None:
        self.files: dict[str, FileDraft] = {}
        self.sources: dict[str, Media] = {}
        self._paths: dict[MediaId, str] = {}

    def path_of(self, media: Media) -> str:
        """The same file has one path, however often it is used."""
        if media.id not in self._paths:
            path = f"{len(self.files) + 1:03}-{_file_name(media)}"
            self._paths[media.id] = path
            self.sources[path] = media
            self.files[path] = FileDraft(
                path=path, name=media.name, mime=media.mime, duration_seconds=media.duration_seconds
            )
        return self._paths[media.id]

    def lesson(self, content: LessonContent) -> LessonDraft:
        lesson = content.lesson
        return LessonDraft(
            title=lesson.title,
            is_preview=lesson.is_preview,
            price=lesson.price,
            stars=lesson.stars,
            opens_at=lesson.opens_at,
            opens_after_days=lesson.opens_after_days,
            is_gate=lesson.is_gate,
            pass_percent=lesson.pass_percent,
            parts=tuple(
                PartDraft(
                    kind=part.kind,
                    text=part.text,
                    files={language: self.path_of(media) for language, media in part.media.items()},
                    link=part.link,
                    duration_seconds=part.duration_seconds,
                    question=part.question,
                )
                for part in content.parts
            ),
            questions=content.questions,
            resources=tuple(ResourceDraft(path=self.path_of(media), kind=media.kind) for media in content.resources),
        )


def _file_name(media: Media) -> str:
    """A name that every system takes; the real one stands in the sheet `files`."""
    name = unicodedata.normalize("NFC", _UNWANTED.sub("-", media.name)).strip("-. ")
    stem, dot, suffix = name.rpartition(".")
    if not dot or len(suffix) > 8:
        stem, suffix = name, _SUFFIXES.get(media.kind, "").removeprefix(".")
    stem = (stem or media.kind.value)[:_LONGEST].rstrip("-. ")
    return f"{stem}.{suffix}" if suffix else stem
