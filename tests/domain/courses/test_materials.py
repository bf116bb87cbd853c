import pytest

from domain.courses.materials import kind_of_document
from domain.courses.model import PartKind


@pytest.mark.parametrize(
    ("name", "mime", "kind"),
    [
        ("plan.pdf", "application/pdf", PartKind.PDF),
        ("PLAN.PDF", "application/octet-stream", PartKind.PDF),
        ("", "application/pdf", PartKind.PDF),
        ("slides.pptx", "", PartKind.SLIDES),
        ("slides", "application/vnd.ms-powerpoint", PartKind.SLIDES),
        ("slides.odp", "application/octet-stream", PartKind.SLIDES),
        ("photo.jpg", "image/jpeg", PartKind.DOCUMENT),
        ("film.mp4", "video/mp4", PartKind.DOCUMENT),
        ("table.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", PartKind.DOCUMENT),
        ("pdf", "text/plain", PartKind.DOCUMENT),
        ("", "", PartKind.DOCUMENT),
    ],
)
def test_a_document_is_recognised_by_its_type_or_its_name(name: str, mime: str, kind: PartKind) -> None:
    assert kind_of_document(name, mime) is kind
