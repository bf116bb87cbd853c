"""What a fiscal receipt says about a product; the merchant's accountant knows the values."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FiscalCodes:
    ikpu: str
    """IKPU (MXIK) of the catalogue tasnif.soliq.uz, 17 digits."""
    package_code: str
    vat_percent: int
