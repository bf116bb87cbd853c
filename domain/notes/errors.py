from domain.errors import DomainError, Gone


class NoteGone(Gone):
    """There is no such note, or it is somebody else's."""


class TooManyNotes(DomainError):
    """The notebook is full: one has to be deleted before another is taken."""
