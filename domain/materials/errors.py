from domain.errors import DomainError, Gone


class MaterialGone(Gone):
    """There is no such material, or it is not for this person."""


class MaterialThere(DomainError):
    """The same file is in the owner's list again: it cannot come back a second time."""


class NothingToRead(DomainError):
    """The file was never stored, so there is nothing that could be read again: it has to be sent once more."""


class PageGone(Gone):
    """The material has no page of this number."""
