from domain.errors import DomainError, Gone


class QuestionImportGone(Gone):
    """There is no such import, not of this person, not for what they teach, or it was put away."""


class NotReadYet(DomainError):
    """The test is still being read."""


class NothingToAdd(DomainError):
    """Not one of its questions can be added: they are wrong, there already, or there is no room."""


class PhotosNotRead(DomainError):
    """No model is connected that could read a photo."""
