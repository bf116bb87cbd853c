"""Money: whole tiyin and a currency, never a float."""

from dataclasses import dataclass

TIYIN_PER_SOM = 100
MAX_TIYIN = 10**12
"""The largest price that a product may have: ten billion so'm; it keeps every sum inside a bigint."""


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in the currency's smallest unit (tiyin for UZS: 1 so'm = 100 tiyin)."""

    tiyin: int
    currency: str = "UZS"

    def __post_init__(self) -> None:
        if not 0 <= self.tiyin <= MAX_TIYIN:
            raise ValueError(f"amount out of range: {self.tiyin}")

    @property
    def is_free(self) -> bool:
        return self.tiyin == 0

    @classmethod
    def soms(cls, soms: int) -> "Money":
        """So many whole so'm."""
        return cls(soms * TIYIN_PER_SOM)
